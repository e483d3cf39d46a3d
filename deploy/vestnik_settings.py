"""What this machine sets otherwise than `crawler/settings.py`: copied to /etc/vestnik, where it is to be changed."""

from crawler.settings import *  # noqa: F403  # Scrapy reads one module: all of Vestnik's settings, then these

CONTACT = ""  # a mail address or page, so that a paper can reach you
DATABASE = "/var/lib/vestnik/news.db"
SITES_DIR = "/etc/vestnik/sites"
WATCHES = "/etc/vestnik/watches.toml"
READING_ROOM_URL = ""  # https://archive.example.org
ARCHIVE_DIR = ""  # /var/lib/vestnik/warc: every page as it came, some ten times the size of the archive
METRICS_FILE = ""  # /var/lib/vestnik/metrics/vestnik.prom
