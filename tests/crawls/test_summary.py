from crawler.extensions.run_log import CrawlReport, summary

REPORT = CrawlReport(
    site="herald",
    outcome="done",
    reason="finished",
    seconds=12.34,
    requests=80,
    size=4_200_000,
    listed=70,
    links_resolved=31,
    outcomes={
        ("stored", ""): 42,
        ("stored", "unchanged"): 7,
        ("stored", "re-extracted"): 2,
        ("alias", ""): 12,
        ("not_article", "too short"): 3,
        ("blocked", "robots.txt"): 1,
    },
    changed={("re-extracted", "title"): 2, ("re-extracted", "section"): 1},
    troubles=(("https://herald.example/rss", "timed out"),),
    database="herald.db",
    contact="desk@herald.example",
)


def test_the_summary_says_what_came_what_did_not_and_where_it_is():
    assert summary(REPORT) == [
        "herald: done in 12.3 s, 80 requests, 4.2 MB",
        "  42 articles stored, 31 links resolved",
        "  revisited: 2 re-extracted, 7 unchanged",
        "    re-extracted: title 2, section 1",
        "  12 other addresses of a stored article, 3 not an article, 1 blocked",
        "       3 × not an article: too short",
        "       1 × blocked: robots.txt",
        "  ! https://herald.example/rss: timed out",
        "  the archive: herald.db    to open it: make serve DATABASE=herald.db",
    ]


def test_a_crawl_without_news_says_so_and_one_without_a_contact_says_how_to_set_it():
    quiet = CrawlReport("herald", "failed", "no_listing", 1, 2, 900, 0, 0, {})
    told = summary(quiet)
    assert told[0] == "herald: failed (no_listing) in 1.0 s, 2 requests, 1 kB"
    assert told[1] == "  nothing new: no article was stored"
    assert "CONTACT" in told[-1]
