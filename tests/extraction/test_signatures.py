"""Who signed, as ordinary pages print it: lines over and under a text, without metadata and without telling names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extraction import agencies, people, titles
from crawler.extraction.document import read
from crawler.extraction.metadata import metadata
from crawler.extraction.page import Page
from crawler.site import Site

AT = datetime(2031, 6, 1, 12, tzinfo=UTC)
TITLE = "Two lamps go out at the north light"
PROSE = "".join(
    f"<p>The {one} keeper rowed to the north light before dawn and counted the lamps, of which {two} had gone out.</p>"
    for one, two in (("old", "two"), ("new", "three"), ("third", "none"), ("last", "all"))
)
JAPANESE = "灯台の番人は夜明け前に島へ渡り、二つの灯りが消えているのを見つけた。町議会は来週報告を聞く。"
KOREAN = "등대지기는 새벽이 되기 전에 섬으로 노를 저어 가서 등불을 세었는데, 그중 두 개가 꺼져 있었다."


def page_of(body: str, language: str = "en") -> Page:
    html = f'<html lang="{language}"><head><title>{TITLE} - The Velm Courier</title></head><body>{body}</body></html>'
    document = read(html.encode(), "https://velmcourier.example/news/two-lamps", "utf-8")
    return Page(document, Site.without_profile("velmcourier.example"), AT)


def authors_of(body: str, language: str = "en") -> tuple[str, ...]:
    page = page_of(body, language)
    return metadata(page, titles.said(page), ()).authors


@pytest.mark.parametrize(
    ("language", "lines", "authors"),
    [
        ("en", "<p>By ANN ALDER<br>Of the Courier Staff</p>", "Ann Alder"),
        ("en", "<p>By Ann Alder<br>The Velm Courier</p>", "Ann Alder"),
        ("en", "<p>By ANN ALDER, Associated Press</p>", "Ann Alder"),
        ("en", "<div>ANN ALDER VELM COURIER Dec 13, 2030 at 3:45 pm</div>", "Ann Alder"),
        ("en", "<p>Posted by Ann Alder on May 04, 2031 at 10:12 AM | <a href=/p>Permalink</a></p>", "Ann Alder"),
        ("en", "<p>Ann Alder / May 4, 2031 / Sea</p>", "Ann Alder"),
        ("en", "<p>Ann Alder on May 4, 2031</p>", "Ann Alder"),
        ("en", "<p>Filed by Ann Alder | May 4th, 2031 @ 10:12 am</p>", "Ann Alder"),
        ("en", "<p>Ben Birch Jr., staff writer</p>", "Ben Birch Jr."),
        ("en", "<table><tr><th>Author</th><td>Ann Alder</td></tr></table>", "Ann Alder"),
        ("en", "<dl><dt>Written by:</dt><dd>Ann Alder</dd></dl>", "Ann Alder"),
        ("en", "<div>Ann Alder</div>", "Ann Alder"),
        ("es", "<p>Redacción: Ann Alder</p><p>04/05/2031 - 10:12h</p>", "Ann Alder"),
        ("es", "<p>Escrito por Ann Alder el 4 de mayo de 2031</p>", "Ann Alder"),
        ("es", "<p>Texto: Ann Alder · Fotos: Ben Birch</p>", "Ann Alder"),
        ("sv", "<p>Text: Ann Alder Foto: Ben Birch</p>", "Ann Alder"),
        ("cs", "<p>Ann Alder, Velm — 4. května 2031 • 10:12</p>", "Ann Alder"),
        ("id", "<p>Ana Alder - detikVelm</p><p>Minggu, 04 Mei 2031 10:12 WIB</p>", "Ana Alder"),
        ("zh", "<div>2031-05-04 10:12:33　来源：维尔姆日报　作者：陈晓海</div>", "陈晓海"),
        ("zh", "<div>2031/05/04 10:12　記者陳曉海／綜合報導</div>", "陳曉海"),
    ],
)  # fmt: skip
def test_a_line_over_the_text_signs(language: str, lines: str, authors: str):
    assert authors_of(f"<h1>{TITLE}</h1>{lines}{PROSE}", language) == (authors,)


@pytest.mark.parametrize(
    ("language", "text", "authors"),
    [
        ("en", f"{PROSE}<p>— Ann Alder</p>", "Ann Alder"),
        ("en", f"{PROSE}<p><em>Ann Alder</em></p>", "Ann Alder"),
        ("vi", f"{PROSE}<p><strong>Nguyễn Văn An</strong></p>", "Nguyễn Văn An"),
        ("en", f"{PROSE}<p style='text-align:right'>Ann Alder</p>", "Ann Alder"),
        ("en", f"{PROSE}<p><em>Ann Alder is a staff writer for the Courier. Follow her.</em></p>", "Ann Alder"),
        ("en", f"{PROSE}<p>Reporting by Ann Alder; Editing by Ben Birch</p>", "Ann Alder"),
        ("de", f"{PROSE}<p>Text: Ann Alder<br>Fotos: Ben Birch</p>", "Ann Alder"),
        ("de", f"{PROSE}<p>Text: Ann Alder / Fotos: Ben Birch</p>", "Ann Alder"),
        ("ru", f"{PROSE}<p>Анна Ольха, корреспондент</p>", "Анна Ольха"),
        ("ja", f"<p>{JAPANESE}</p><p>{JAPANESE}</p><p>（記者・山田花子）</p>", "山田花子"),
        ("ja", f"<p>{JAPANESE}</p><p>{JAPANESE}【山田花子】</p>", "山田花子"),
        ("ko", f"<p>{KOREAN}</p><p>{KOREAN}</p><p>김오리 기자 ori@velm.example</p>", "김오리"),
    ],
)
def test_a_line_behind_the_text_signs_where_none_over_it_does(language: str, text: str, authors: str):
    assert authors_of(f"<h1>{TITLE}</h1><div>{text}</div>", language) == (authors,)


def test_an_articles_own_footer_signs():
    footer = "<footer>Posted in <a href=/c/sea>Sea</a> by <a href=/author/ann>Ann Alder</a>. Bookmark it.</footer>"
    body = f"<article><h1>{TITLE}</h1>{PROSE}{footer}</article><footer>By Velm Web</footer>"
    assert authors_of(body) == ("Ann Alder",)


@pytest.mark.parametrize(
    "lines",
    [
        "<h2>Harbour Council</h2>",
        "<p>4 May 2031</p><ul><li>Print Article</li><li>Font Size</li></ul>",
        "<p><a href='/local-news'>Local News</a></p><p>4 May 2031</p>",
        "<p>4 May 2031 | Follow Us</p>",
        "<p>4 May 2031</p><div><a href='https://feeds.example/x'>SIGN UP</a></div>",
        "<p>Foto: Ben Birch</p>",
    ],
)
def test_what_only_looks_like_a_name_signs_nothing(lines: str):
    assert authors_of(f"<h1>{TITLE}</h1>{lines}<div>{PROSE}</div>") == ()


@pytest.mark.parametrize(
    ("lines", "wire"),
    [
        ("<p>By ANN ALDER<br>Associated Press</p>", "AP"),
        ("<p>Quelle: dpa</p>", "dpa"),
        ("<p>Zdroj: ČTK</p>", "ČTK"),
    ],
)
def test_a_line_of_the_head_says_which_agency_a_piece_is_from(lines: str, wire: str):
    page = page_of(f"<h1>{TITLE}</h1>{lines}{PROSE}")
    assert agencies.wire((), (), people.lines(page)) == wire
