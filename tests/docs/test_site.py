"""The papers make a site: every link and anchor holds, and no page of it loads anything from afar."""

import re
import subprocess
import sys

from tests.crawling import ROOT


def test_the_papers_build_a_site_whose_links_hold(tmp_path):
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr  # a link that leads nowhere is one
    for page in ("index.html", "docs/tutorials.html", "deploy/index.html", "CHANGELOG.html"):
        shown = (tmp_path / "site" / page).read_text("utf-8")
        loaded = re.findall(r'<(?:script|img|link rel="(?:stylesheet|icon)")[^>]*(?:src|href)="?([^" >]+)', shown)
        assert loaded, page
        assert not [address for address in loaded if "//" in address], page
    assert (tmp_path / "site/reading_room/pictures/front.webp").is_file()
    chapters = (ROOT / "docs/tutorials.md").read_text("utf-8").count("\n## ")
    assert (tmp_path / "site/docs/tutorials.html").read_text("utf-8").count("<h2") == chapters > 1
