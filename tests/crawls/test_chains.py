"""What leads from an address to its page: pages that only lead elsewhere, and cookies on the way."""

import pytest
from scrapy.http import HtmlResponse, Request, Response

from crawler.middlewares.chain_cookies import ChainCookiesMiddleware, cookies_of
from crawler.middlewares.page_redirect import PageRedirectMiddleware, leads_to
from tests.growth import assert_linear

HERE = "https://harbour.example/go/7"
THERE = "https://harbour.example/quay"


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="refresh" content="0; url=/quay">',
        "<META CONTENT='3;URL=https://harbour.example/quay' HTTP-EQUIV=Refresh>",
        '<meta http-equiv=refresh content="1, /quay"><p>You are being taken there.',
        "<script>window.location.replace('/quay');</script>",
        '<script type="text/javascript">document.location.href = "\\/quay";</script>Moving',
        '<body><script>top.location="https:\\/\\/harbour.example\\/quay"</script></body>',
        '<noscript><meta http-equiv="refresh" content="0;url=&#39;/quay&#39;"></noscript>',
        '<base href="https://harbour.example/"><meta http-equiv="refresh" content=".5 url=quay">',
        "<script>var to = `/quay`; setTimeout(function () { location.replace(to); }, 100);</script>",
        "<script>self.location = 'https:\\u002F\\x2Fharbour.example/quay'</script>",
        """<body onload="top.location.href='/quay'">""",
    ],
)
def test_a_page_that_only_leads_elsewhere_is_a_redirect(page):
    assert leads_to(page.encode(), HERE) == THERE


@pytest.mark.parametrize(
    "page",
    [
        '<meta http-equiv="refresh" content="300">',
        '<meta http-equiv="refresh" content="300; url=/quay">',
        '<meta http-equiv="refresh" content="0; url=https://harbour.example/go/7">',
        '<meta http-equiv="refresh" content="0; url=javascript:go()">',
        f'<meta http-equiv="refresh" content="0; url=/quay"><p>{"The ferry is late. " * 9}</p>',
        f"<script>location.replace('/quay')</script><!--{'x' * 70_000}-->",
        f"<script>if (old) location.replace('/quay'); {'step(); ' * 400}</script>",
        "<p>The location = '/quay' of the old crane.</p>",
        '<!-- <meta http-equiv="refresh" content="0; url=/quay"> -->',
        '<script>location.reload()</script><noscript><meta http-equiv=refresh content="0; url=/quay"></noscript>',
        "<script>if (location == '/quay') {}</script>",
        '<meta http-equiv="refresh" content="0; url=https://[quay">',
    ],
)
def test_a_page_with_words_or_that_reloads_itself_is_none(page):
    assert leads_to(page.encode(), HERE) is None


@pytest.mark.parametrize(
    "page", ['<meta http-equiv="refresh" content="1">', "<script>document.cookie = 'a'; location.reload()</script>"]
)
def test_a_page_that_sets_a_cookie_and_reloads_itself_is_asked_for_once_more(page):
    middleware = PageRedirectMiddleware(3)
    asked = Request(HERE, meta={"conditional": False})
    answer = HtmlResponse(HERE, 200, {"Set-Cookie": "met=1"}, page.encode())
    again = middleware.process_response(asked, answer)
    assert isinstance(again, Request)
    assert (again.url, again.meta["redirect_times"]) == (HERE, 1)
    with_cookie = again.replace(headers={"Cookie": "met=1"})
    assert middleware.process_response(with_cookie, answer) is answer


def test_a_header_leads_elsewhere_as_a_page_does():
    assert leads_to(b"", HERE, "0; url=/quay") == THERE
    assert leads_to(b"<p>One moment", HERE, "5;/quay") == THERE
    assert leads_to(b"<p>" + b"The ferry is late. " * 9, HERE, "0; url=/quay") is None
    assert leads_to(b"", HERE, "300; url=/quay") is None


@pytest.mark.parametrize("pump", ["<!--", "<script>", "<title>", "<meta ", "<b>", 'location="'])
def test_a_hostile_page_is_read_in_time_that_grows_as_its_length(pump):
    assert_linear(lambda text: leads_to(f"location{text}".encode(), HERE), pump, size=4_000)


def test_cookies_go_back_to_their_host_within_one_chain_only():
    jar = ChainCookiesMiddleware()
    asked = Request(HERE)
    jar.process_request(asked)
    assert "Cookie" not in asked.headers
    jar.process_response(asked, Response(HERE, 302, {"Set-Cookie": ["met=1; Path=/; HttpOnly", "b=x y"]}))
    again = asked.replace(url=HERE, meta={**asked.meta, "redirect_times": 1})
    jar.process_request(again)
    assert (again.headers["Cookie"] or b"").startswith(b"met=1")
    elsewhere = again.replace(url="https://other.example/", meta=dict(again.meta))
    jar.process_request(elsewhere)
    assert "Cookie" not in elsewhere.headers
    retried = asked.replace(meta={**asked.meta})
    jar.process_request(retried)
    assert "Cookie" not in retried.headers, "the same request tried once more is no chain"


def test_what_is_no_cookie_is_left_out():
    assert cookies_of(["", ";;", "a=1", "\x00=\x00", "=b"]) == {"a": "1"}
    strange = ["a=1; Path=/; Partitioned", "b=x y; priority=high", 'c={"d":1}', "e=f=g"]
    assert cookies_of(strange) == {"a": "1", "b": "x y", "c": '{"d":1}', "e": "f=g"}
    assert cookies_of(["a=; Max-Age=0", "b=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"]) == {}
