"""Every setting of the crawl with its reason. What a site needs otherwise stands in its profile."""

from __future__ import annotations

from scrapy.settings import default_settings

from crawler.scrapy_private import without

BOT_NAME = "vestnik"
SPIDER_MODULES = ["crawler.spiders.urls", "crawler.spiders.wanted", "crawler.spiders.warc"]
SPIDER_LOADER_CLASS = "crawler.spider_loader.ProfileSpiderLoader"
COMMANDS_MODULE = "crawler.commands"
ADDONS = {
    "crawler.middlewares.replay.ReplayAddon": 100,
    "crawler.addons.PrivateHostsAddon": 200,
    "crawler.addons.UserAgentAddon": 300,
    "crawler.extensions.archive.Crawl": 400,  # the others have had their say about the settings
}

# --- Vestnik's own: all may be given with -s ---
DATABASE = "news.db"  # the output file
SITES_DIR = ""  # a folder with more profiles, beside the shipped ones
CONTACT = ""  # a mail address or page for the user agent, so that a paper can reach whoever crawls it
ALLOW_PRIVATE_HOSTS: list[str] = []  # hosts that may be at a private address: tests, the demo, an intranet
ARCHIVE_DIR = ""  # keep every response as WARC in this folder
REPLAY_WARC = ""  # read from these archives (a glob) instead of the network
REPLAY_AT = ""  # … as they were at this time: 2024-12-09T11:02:00Z
CRAWL_TIME = ""  # the time that the crawl takes it to be: for simulations
RELATED_DEPTH = 2  # how far to follow related articles from one that a listing named
SECTION_PAGES = 3  # pages of a section to read at most, while they hold something new
REVISITS_PER_CRAWL = 100  # second looks at stored articles, at most
GONE_MIN_VISITS = 2  # looks at which a page must be missing before its article is gone …
GONE_MIN_HOURS = 24.0  # … and how far apart the first and the last of them must be
MONITOR_EVERY = "30 min"  # between two crawls of a site whose profile does not say, for `scrapy monitor`
MONITOR_AT_ONCE = 100  # crawls that it runs at a time, at most, in one process
BROKER = ""  # RabbitMQ, where crawls run on several machines: amqps://USER:PASSWORD@broker.example.org/
BATCH_TIMEOUT = 600.0  # seconds that a worker may work on a batch; RabbitMQ takes one back after 1800
WORK_AT_ONCE = 20  # batches that a worker works on at a time, each at hosts of its own
WATCHES = "watches.toml"  # what somebody wants to hear of, and where; another that is named must exist
READING_ROOM_URL = ""  # where the archive can be read, for links in alerts: https://archive.example.org
METRICS_FILE = ""  # figures of all sites for Prometheus, written after each crawl: such as /var/lib/node/vestnik.prom
EXTRACTION_WORKERS = 2
EXTRACTION_TIMEOUT = 20.0  # seconds of processor time a page; a heavy real one takes 0.2
EXTRACTION_MEMORY = 270 * 2**20  # bytes a worker, on top of those it starts with: 200 for a page, 70 to tell languages
FROZEN_TIMEOUT = 45.0  # seconds in which the crawl must have a turn, else it is ended: a pattern has run away
STOP_TIMEOUT = 40.0  # seconds after SIGTERM, or a failure, in which it ends; half of them for what is in flight

# --- Politeness ---
ROBOTSTXT_OBEY = True
DOWNLOAD_DELAY = 1.0  # seconds between two requests to a host, where its profile does not say
CONCURRENT_REQUESTS_PER_DOMAIN = 2
SCHEDULER_PRIORITY_QUEUE = "crawler.scrapy_private.HostQueue"
AUTOTHROTTLE_ENABLED = True
AUTOTHROTTLE_START_DELAY = 1.0
AUTOTHROTTLE_MAX_DELAY = 60.0
RETRY_TIMES = 2  # in one crawl; the ledger tries again at the next
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the ledger has the reason

# --- An unfriendly web: what was tried against Scrapy's defaults stands in the tests of the hostile server ---
DOWNLOAD_HANDLERS = {
    "http": "crawler.middlewares.pace.PacedHandler",
    "https": "crawler.middlewares.pace.PacedHandler",
    **dict.fromkeys(("file", "ftp", "s3", "data")),  # a redirect to file: would be read
}
TWISTED_DNS_RESOLVER = "crawler.middlewares.resolver.GuardingResolver"
REACTOR_THREADPOOL_MAXSIZE = 100  # look-ups of names at a time: a name that nobody answers for holds one for long
DOWNLOAD_TIMEOUT = 30  # seconds in all, for slow bodies and headers too
DNS_TIMEOUT = 30  # seconds, before these begin
DOWNLOAD_MAXSIZE = 10 * 2**20  # also decompressed: a bomb is cut there
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_VERIFY_CERTIFICATES = True
REDIRECT_MAX_TIMES = 5
URLLENGTH_LIMIT = 0  # Scrapy would drop a long address without a word; the spiders refuse it with a reason
METAREFRESH_ENABLED = False  # PageRedirectMiddleware also knows scripts, and pages that reload themselves
HTTPPROXY_ENABLED = False

DOWNLOADER_MIDDLEWARES_BASE = without(
    default_settings.DOWNLOADER_MIDDLEWARES_BASE,
    "scrapy.downloadermiddlewares.robotstxt",
    "scrapy.downloadermiddlewares.httpcompression",
    "scrapy.downloadermiddlewares.cookies",  # ChainCookies keeps none; the first would also make it ask for a list
)
DOWNLOADER_MIDDLEWARES = {
    "crawler.middlewares.resolver.LongAddressMiddleware": 50,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "crawler.middlewares.conditional.ConditionalMiddleware": 450,
    "crawler.middlewares.retry_after.RetryAfterMiddleware": 570,  # before retrying at once
    "crawler.middlewares.page_redirect.PageRedirectMiddleware": 580,  # of bodies that can be read
    "crawler.middlewares.compression.DecompressionMiddleware": 590,
    "crawler.middlewares.chain_cookies.ChainCookiesMiddleware": 650,  # before redirects are followed
    "crawler.middlewares.resolver.PrivateAddressMiddleware": 560,  # nearer to the downloader than retrying
    "crawler.middlewares.capture.CaptureMiddleware": 950,  # next to the downloader: bodies as they came
}
EXTENSIONS_BASE = without(
    default_settings.EXTENSIONS_BASE,
    "scrapy.extensions.throttle",
    "scrapy.extensions.logstats",  # Progress says more
    "scrapy.extensions.logcount",  # each would count the lines of all crawls that share its process
    "scrapy.extensions.telnet",  # no listening port
    "scrapy.extensions.remote_control",
)
EXTENSIONS = {
    "crawler.scrapy_private.Throttle": 0,
    "crawler.extensions.watchdog.Watchdog": 50,
    "crawler.extensions.run_log.RunLog": 100,
    "crawler.extensions.progress.Progress": 200,
}
ITEM_PIPELINES = {
    "pipelines.validate.Validate": 100,
    "pipelines.canonicalise.Canonicalise": 200,
    "pipelines.fingerprint.Fingerprint": 300,
    "pipelines.store.Store": 400,
}

# --- Memory and back-pressure ---
CONCURRENT_REQUESTS = 16
CONCURRENT_ITEMS = 2  # of a page, which gives one: Scrapy makes so many tasks for every answer
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 5 * 2**20

# --- Log ---
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []  # `scrapy version -v` tells them
STATS_DUMP = False  # the summary says what a person wants to know
