"""Caches, archives and counters are read for what they wrap; what merely names another address wraps none."""

import time

import pytest

from crawler.wrappers import unwrapped
from tests.make import MT, SITES, fresh_archive, keep, related, rows, visit

ARTICLE = f"{MT}/2024/12/09/council-decides-a100"
BARE = ARTICLE.removeprefix("https://")
QUOTED = ARTICLE.replace(":", "%3A").replace("/", "%2F")


@pytest.mark.parametrize(
    "wrapper",
    [
        f"https://www-themoscowtimes-com.cdn.ampproject.org/c/s/{BARE}",
        f"https://www-themoscowtimes-com.cdn.ampproject.org/v/s/{BARE}",
        f"https://cdn.ampproject.org/c/s/{BARE}",
        f"https://www-themoscowtimes-com.bing-amp.com/c/s/{BARE}",
        f"https://www.google.com/amp/s/{BARE}",
        f"https://www.google.co.uk/amp/s/{BARE}",
        f"https://web.archive.org/web/20241209120000/{ARTICLE}",
        f"http://web.archive.org/web/20241209120000if_/{ARTICLE}",
        f"https://archive.ph/2024.12.09-120000/{ARTICLE}",
        f"https://archive.today/newest/{ARTICLE}",
        f"https://archive.is/{ARTICLE}",
        f"https://web.archive.org/web/2024*/{ARTICLE}",
        f"https://webcache.googleusercontent.com/search?q=cache:AbC-123:{ARTICLE}&hl=en",
        f"https://www.google.com/url?sa=t&url={QUOTED}&usg=AOvVaw",
        f"https://www.google.com/url?q={ARTICLE}",
        f"https://l.facebook.com/l.php?u={QUOTED}&h=AT0",
        f"https://vk.com/away.php?to={QUOTED}",
        f"https://t.umblr.com/redirect?z={QUOTED}&t=abc",
        f"https://www.youtube.com/redirect?event=x&q={QUOTED}",
        f"https://eur01.safelinks.protection.outlook.com/?url={QUOTED}&data=05",
        f"https://urldefense.com/v3/__{ARTICLE}__;!!abc$",
        f"https://duckduckgo.com/l/?uddg={QUOTED}",
        f"https://counter.example/click?id=7&to={QUOTED}",
        f"https://click.example/?url={QUOTED}",
        f"https://paper.example/go/redirect.php?target={QUOTED}",
        f"https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Famp%2Fs%2F{BARE.replace('/', '%2F')}",
        f"https://12ft.io/{ARTICLE}",
        f"https://reader.example/{ARTICLE}",
        f"{MT}/{ARTICLE}",
        f"https://anonymous.example/?{ARTICLE}",
        f"https://anonymous.example/?{QUOTED}",
        f"https://www-themoscowtimes-com.translate.goog/{BARE.partition('/')[2]}?_x_tr_sl=ru&_x_tr_tl=en",
        f"https://www.bing.com/news/apiclick.aspx?ref=FexRss&tid=1&url={QUOTED}&c=1",
        f"https://r.search.yahoo.com/_ylt=Aw/RV=2/RE=1/RU={QUOTED}/RK=2/RS=x",
        f"https://urldefense.proofpoint.com/v2/url?u=https-3A__{BARE.replace('-', '-2D').replace('/', '_')}&d=Dw",
    ],
)
def test_a_wrapper_resolves_to_what_it_wraps(wrapper):
    assert unwrapped(wrapper) == ARTICLE
    assert SITES.for_url(wrapper).name == "moscowtimes"
    assert SITES.address_key(wrapper) == "moscowtimes:100"


@pytest.mark.parametrize(
    "address",
    [
        ARTICLE,
        f"https://paper.example/login?redirect={QUOTED}",
        f"https://paper.example/2024/harbour?url={QUOTED}",
        f"https://www.facebook.com/sharer/sharer.php?u={QUOTED}",
        f"https://news.example/story?id=7&ref={QUOTED}",
        f"https://twitter.com/intent/tweet?url={QUOTED}",
        f"https://counter.example/click?a=1&url={QUOTED}&u=https://other.example/",
        "https://web.archive.org/details/harbour",
        "https://www.google.com/amp/",
        "https://cdn.ampproject.org/v0.js",
        "https://counter.example/click?url=javascript:alert(1)",
        "https://counter.example/click?url=/2024/harbour",
        "http://[::1/amp/s/x.y/z",
    ],
)
def test_what_merely_names_another_address_is_left_alone(address):
    assert unwrapped(address) == address


def test_a_hostile_address_takes_no_time():
    for hostile in (
        "https://archive.is/" + "/http:" * 600,
        "https://x/" + "a/" * 2_000 + "click?url=",
        "/amp/s/" * 500,
    ):
        started = time.process_time()
        unwrapped(f"https://web.archive.org{hostile}"[:4_000])
        unwrapped(hostile[:4_000])
        assert time.process_time() - started < 1.0


def test_a_link_through_a_counter_leads_to_the_article():
    db = fresh_archive()
    keep(db, visit(ARTICLE))
    link = f"https://www.google.com/amp/s/{BARE}"
    keep(
        db,
        visit(f"{MT}/2024/12/09/tuba-a2", title="A tuba", paragraphs=("A tuba is found. " * 9,), links=related(link)),
    )
    assert rows(db, "select href, target_id from links") == [(link, 1)]
