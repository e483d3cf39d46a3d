"""A gallery of heads: short pages, each of one kind that was read wrong, and what a reader sees there."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from crawler.article import Article
from crawler.extraction.extract import extract
from crawler.site import Site

FETCHED = datetime(2031, 6, 1, 12, 0, tzinfo=UTC)
PROSE = "".join(
    f"<p>The {one} keeper rowed to the north light before dawn and counted the lamps, of which two had gone out in the"
    f" night and one was held by a {other} that nobody had invited to the island.</p>"
    for one, other in (("old", "goat"), ("new", "tuba"), ("third", "heron"), ("last", "drum"))
)
TITLE = "Two lamps go out at the north light"
OG = f'<meta property="og:title" content="{TITLE}">'


def ld(**node: Any) -> str:
    import json

    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | node)}</script>'


@dataclass(frozen=True)
class Case:
    """A page, and fields of the article that it must give."""

    name: str
    body: str
    head: str = OG
    url: str = "https://velm.example/news/lamps-40217"
    html: str = '<html lang="en">'
    fetched_at: datetime = FETCHED
    expected: dict[str, Any] = field(default_factory=dict)


def article_of(case: Case) -> Article:
    page = f"<!DOCTYPE html>{case.html}<head><meta charset=utf-8>{case.head}</head><body>{case.body}</body></html>"
    site = Site.without_profile(urlsplit(case.url).hostname or "")
    return extract(page.encode(), case.url, site, case.fetched_at)


def story(before: str = "", after: str = "", title: str = TITLE) -> str:
    return f"<main><article><h1>{title}</h1>{before}<div>{PROSE}</div>{after}</article></main>"


def case(name: str, body: str, head: str = OG, **rest: Any) -> Case:
    known = {key: rest.pop(key) for key in ("url", "html", "fetched_at") if key in rest}
    return Case(name, body, head, expected=rest, **known)


TEASERS = (
    "<ul class='river'><li><a href='/news/goats-40218'>Goats vote on the ferry for a third time</a>"
    "<span class='author'>By Cy Cedar</span> <time datetime='2031-05-20T10:00:00Z'>20 May 2031</time></li></ul>"
)
COMMENTS = (
    "<ol class='thread'><li><span class='fn' itemprop='author'>gull_88</span>"
    "<time datetime='2031-05-21T10:00:00Z'>21 May 2031</time><p>I rowed there for years and saw no goat at all,"
    " whatever the keeper may say of it today.</p></li></ol>"
)
GALLERY = (
    # Titles
    case("the headline agrees with the card", story(), f"<title>Lamps: facts</title>{OG}" + ld(headline="Lamps: facts"), title=TITLE),
    case("the headline agrees with JSON-LD", story(), '<meta property="og:title" content="You will not believe this">' + ld(headline=TITLE), title=TITLE),
    case("the logo is an h1", f"<header><h1><a href='/'>The Velm Courier</a></h1></header><article><h2>{TITLE}</h2>{PROSE}</article>",
         f"<title>{TITLE} | The Velm Courier</title>", title=TITLE),
    case("a log-in form has an h1", f"<div><h1>Log in</h1></div>{story()}", f"<title>{TITLE} - The Velm Courier</title>{OG}", title=TITLE),
    case("a kicker stands in the headline", story(title=f"<span>North coast</span> <span>{TITLE}</span>"), title=TITLE),
    case("the section stands behind the title", f"<nav><a href='/sea'>Sea News</a></nav>{story(title='')}",
         f'<meta property="og:title" content="{TITLE} | Sea News">', title=TITLE),
    case("no heading and no metadata", f"<div class=logo><h1>velm.example</h1></div><table><tr><td><div>{TITLE}</div><div>{PROSE}</div></td></tr></table>",
         "<title>velm.example</title>", title=TITLE),
    case("marks of direction and control characters", story(title=""), '<meta property="og:title" content="Two lamps \u202ego out\u202c at\u0007 night">',
         title="Two lamps go out at night"),
    case("a label and a count in the headline", story(title=f"<span>Exclusive</span> {TITLE} <a href='#c'>12</a>"), title=TITLE),
    case("a kicker is no headline", story(title="<span>Storm on the coast</span><span>Keeper asleep as lamps go out</span>"),
         "<title>Storm on the coast: Lamps went out</title>", title="Storm on the coast Keeper asleep as lamps go out"),
    case("a search form over everything", f"<h1>Search</h1><h2>{TITLE}</h2>{PROSE}", "<title>The Velm Courier</title>", title=TITLE),
    case("a paper named after its address", f"<h1>Velm Today</h1><div><h2>{TITLE}</h2>{PROSE}</div>", "<title>Velm Today</title>",
         url="https://velmtoday.example/lamps", title=TITLE),
    case("sections behind the page's title", f"<div>{PROSE}</div>", f"<title>{TITLE} | Sea | News</title>", title=TITLE),
    case("a Chinese page's title", f"<div>{PROSE}</div>", "<title>北岛灯塔两盏灯昨夜熄灭_新闻频道_维尔姆</title>", title="北岛灯塔两盏灯昨夜熄灭"),
    # Who
    case("a name linked to a folder of authors", story("<div class=q7><a class=z href='/authors/ann-alder'>Ann Alder</a><span>4 May 2031</span></div>"),
         authors=("Ann Alder",), byline="Ann Alder"),
    case("a name beside the time", story("<div><div>Ann Alder</div><span>4 May 2031</span></div>"), authors=("Ann Alder",)),
    case("a role on the next line", story("<p class=credits>By Ann Alder<br>Staff reporter</p>"), authors=("Ann Alder",), byline="By Ann Alder"),
    case("name, paper and time in a line", story("<div class=byline>Ann Alder Velm Courier Dec 13, 2030 at 3:45 pm</div>"),
         OG + '<meta property="og:site_name" content="Velm Courier">', authors=("Ann Alder",), byline="Ann Alder"),
    case("an update in the byline", story("<div class=byline>By Ann Alder | Updated: May 5, 2031, 13:10 IST</div>"),
         authors=("Ann Alder",), byline="By Ann Alder"),
    case("co-authors in print alone", story("<p>By Ann Alder, Ben Birch and Cy Cedar</p>"), OG + ld(author={"name": "Ann Alder"}),
         authors=("Ann Alder", "Ben Birch", "Cy Cedar")),
    case("given and family name", story(), OG + ld(author={"@type": "Person", "givenName": "Ann", "familyName": "Alder"}), authors=("Ann Alder",)),
    case("reporting by, photos by", story("<p class=byline>Words by Ann Alder, Additional reporting by Ben Birch</p><p class=byline>Photographs by Cy Cedar</p>"),
         authors=("Ann Alder", "Ben Birch")),
    case("the editor in JSON-LD, the writer in print", story("<div class=author-2>Ann Alder</div><span>20/1/2031</span>"),
         OG + ld(author={"name": "Karnow"}), authors=("Ann Alder",)),
    case("signed at the end", story(after="<p>Von Anna Erle</p>"), authors=("Anna Erle",)),
    case("written by, on a card", story(), OG + '<meta name="author" content="a@velm.example"><meta name="twitter:label1" content="Written by">'
         '<meta name="twitter:data1" content="Ann Alder">', authors=("Ann Alder",)),
    case("the paper and places in a meta", story(), OG + '<meta name="author" content="velm.example, Velm, Northland">', authors=()),
    case("a desk behind the name", story("<p class=author>by <a href='mailto:a@velm.example'>Ann Alder, COURIER NORTH</a></p>"), authors=("Ann Alder",)),
    case("account and relative time", story("<div class=byline>Posted yesterday by <a rel=author href='/author/a'>Ann Alder</a> (<a href='/x'>@ann</a>)</div>"),
         authors=("Ann Alder",), byline="by Ann Alder"),
    case("teasers have authors and times", story("<p>By Ann Alder</p>") + TEASERS, authors=("Ann Alder",), published=None),
    case("readers comment", story() + COMMENTS, authors=(), published=None),
    case("an agency in the byline", story("<div class=byline>PTI | Updated: May 13, 2031, 13:10 IST</div>"), wire="PTI", byline="PTI"),
    case("an agency at the end", story(after="<p>(APA/Reuters/red, 1.5.2031)</p>"), html='<html lang="de">', wire="APA"),
    # When
    case("no date but one in the story", story(after="<p>The light was lit on 12 March 2011, and has burned since.</p>"), published=None),
    case("no date but a copyright", story() + "<footer>© 2031 The Velm Courier</footer>", published=None),
    case("day first in Britain", story("<div class=date>05/02/2031 09:30</div>"), html='<html lang="en-GB">', published="2031-02-05T09:30:00Z"),
    case("month first in America", story("<div class=date>05/02/2031 09:30</div>"), html='<html lang="en-US">', published="2031-05-02T09:30:00Z"),
    case("day first under a country's address", story("<div class=date>05/02/2031</div>"), html='<html lang="en-US">',
         url="https://velm.example.co.uk/lamps", published="2031-02-05"),
    case("dots have the day first", story("<span>02.05.2031</span>"), html="<html>", published="2031-05-02"),
    case("the page's own clock", "<p class=date>Current time: 14 May 2031, 12:18</p>" + story("<p>by <b>Ann Alder</b> on 21 January 2030</p>"), published="2030-01-21"),
    case("the day over the masthead", "<div>Sunday, 1 June 2031</div>" + story(), published=None),
    case("published and updated in a line", story("<div>Published: May 1, 2031 at 9:30 am | Updated: May 2, 2031 at 10:45 am</div>"),
         published="2031-05-01T09:30:00Z", modified="2031-05-02T10:45:00Z"),
    case("only updated", story("<div>Updated: May 2, 2031 at 10:45 am</div>"), published=None, modified="2031-05-02T10:45:00Z"),
    case("the same clock with its zone", story(), OG + ld(datePublished="2031-04-28 18:11:01.0") + '<meta name="date" content="2031-04-28T18:11:01+02:00">',
         published="2031-04-28T16:11:01Z"),
    case("the address against a printed day", story("<p>3 May 2029</p>"), url="https://velm.example/2031/05/03/lamps", published="2031-05-03"),
    case("a time for machines behind the text", story(after="<div>Posted by <b>x</b> at <abbr class=published title='2031-05-04T00:23:00-04:00'>12:23 AM</abbr></div>"),
         published="2031-05-04T04:23:00Z"),
    case("JavaScript's way to write a time", story(), OG + '<meta name="pubdate" content="Sat May 03 2031 06:30:00 GMT+0200 (CEST)">', published="2031-05-03T04:30:00Z"),
    case("eastern digits", story("<div>نشر في: ٣ مايو ٢٠٣١ - ٠٩:٣٠</div>"), html='<html lang="ar">', published="2031-05-03T09:30:00Z"),
    case("a time in a title of words for readers", story("<span title='May 4, 2031 10:12 AM'>4 weeks ago</span>"), published="2031-05-04T10:12:00Z"),
    case("an offset without its plus", story(), OG + '<meta property="article:published_time" content="2031-05-04T10:12:00 02:00">',
         published="2031-05-04T08:12:00Z"),
    case("a notice of the update behind a time", story("<p>04/05/2031 10h12 Atualizado há 2 horas</p>"), html='<html lang="pt-BR">',
         published="2031-05-04T10:12:00Z", modified=None),
    case("since when a paper is there", story("<p>Est. May 4, 1999</p>"), published=None),
    case("when something takes place", story("<div><b>When:</b> May 12, 2031, 7 pm</div><div><b>Where:</b> Town Hall</div>"), published=None, authors=()),
    case("until when it is valid", story("<div>Gültig bis 12. Mai 2031</div>"), html='<html lang="de">', published=None),
    # The rest
    case("typed keywords", story(), OG + ld(keywords=["Day: Friday", "Category: Sea", "Subject: Lamps", "98be933f-38cf-4fba-b6c6-ad438e82010a", "velm.example"]),
         tags=("Sea", "Lamps")),
    case("slugs give way to names", story(), OG + '<meta name="news_keywords" content="north,light,lamps,night"><meta property="article:tag" content="North light,Lamps">'
         + ld(keywords=["North light", "Lamps"]), tags=("North light", "Lamps")),
    case("slugs of the same names", story(), OG + '<meta name="news_keywords" content="north-light,lamps"><meta property="article:tag" content="North Light">'
         '<meta property="article:tag" content="Lamps">', tags=("North Light", "Lamps")),
    case("two trackers", story(), OG + '<meta name="parsely-tags" content="North light,Lamps"><meta name="sailthru.tags" content="lamps,sea">',
         tags=("North light", "Lamps")),
    case("keywords between bars", story(), OG + '<meta name="keywords" content="North light | Lamps">', tags=("North light", "Lamps")),
    case("subjects without links", story() + "<p>Tags: North light, Lamps</p>", tags=("North light", "Lamps")),
    case("a cloud of subjects beside the article", story() + "<aside><h3>Tags</h3><div><a href='/tag/a'>Alpha</a> <a href='/tag/b'>Beta</a></div></aside>", tags=()),
    case("a meta of the paper's own", story(), OG + '<meta name="velm:keywords" content="North light, Lamps">', tags=("North light", "Lamps")),
    case("keywords parted by spaces", story(), OG + '<meta name="keywords" content="灯台 島 夜">', tags=("灯台", "島", "夜")),
    case("a list of subjects without a label", story() + "<ul><li><a href='/sea/lamps/'>Lamps</a></li><li><a href='/sea/islands/'>Islands</a></li></ul>",
         tags=("Lamps", "Islands")),
    case("a section in capitals", story(), OG + '<meta property="article:section" content="SEA NEWS">', section="Sea news"),
    case("the theme's language", story().replace(PROSE, "<p>El consejo del puerto votó el martes por la noche cerrar el muelle durante once semanas,"
         " después de que los buzos descubrieran que cuatro de los pilares se habían movido desde el invierno pasado.</p>" * 3),
         html='<html lang="en-US">', language="es"),
    case("letters that the declared language lacks", story().replace(PROSE, "<p>Старий доглядач ще до світанку поплив до північного маяка і порахував"
         " лампи, дві з яких згасли вночі, а третю тримав хтось невідомий, якого ніхто не запрошував на острів.</p>" * 3),
         html='<html lang="ru">', language="uk"),
    case("the script tells", story().replace(PROSE, "<p>灯台の番人は夜明け前に島へ渡り、消えた二つの灯りを数えた。三つ目は招かれざる山羊が持っていた。</p>" * 4),
         html="<html>", language="ja"),
    case("a logo for sharing", story("<figure><img src='/media/lamps.jpg' width=1200><figcaption>The light at dawn. Photo: Ben Birch</figcaption></figure>"),
         OG + '<meta property="og:image" content="https://velm.example/static/logo-120.png">', image_url="https://velm.example/media/lamps.jpg",
         image_caption="The light at dawn.", image_credit="Ben Birch"),
    case("a picture that a script loads", story("<img src='data:image/gif;base64,R0' data-src='/media/lamps.jpg'>"), image_url="https://velm.example/media/lamps.jpg"),
    case("a picture of many sizes", story("<picture><source srcset='/s.jpg 400w, /l.jpg 1600w'><img src='data:,'></picture>"), image_url="https://velm.example/l.jpg"),
    case("a picture of an AMP page", story("<amp-img src='https://cdn.velm.example/l.jpg' width=1200></amp-img>"), image_url="https://cdn.velm.example/l.jpg"),
    case("the first picture of a film", story("<video poster='/media/lamps.jpg'></video>"), image_url="https://velm.example/media/lamps.jpg"),
    case("a picture named in a link", story(), OG + "<link rel=image_src href='/media/lamps.jpg'>", image_url="https://velm.example/media/lamps.jpg"),
    case("a printed wall", story(after="<section><h2>Read on</h2><p>This article is for subscribers only. Subscribe now and read all.</p></section>"), paywalled=True),
    case("a part for subscribers", story(), OG + ld(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "False"}), paywalled=True),
    case("words of a wall around a free text", story("<p>Already a subscriber? Log in</p>") + PROSE * 8, paywalled=None),
    case("broken JSON-LD", story(), OG + '<script type="application/ld+json">{"@type":"NewsArticle","headline":""Two lamps", she said",'
         '"datePublished":"2031-05-01T06:30:00+02:00","author":[{"@type":"Person","name":"Ann Alder"}]}</script>',
         authors=("Ann Alder",), published="2031-05-01T04:30:00Z"),
    case("a state that scripts hold", '<div id=app></div><script id="__NEXT_DATA__" type="application/json">{"story": {"headline": "' + TITLE
         + '", "published": "2031-05-01T06:30:00+02:00", "byline": [{"name": "Ann Alder"}]}}</script>', "<title>velm.example</title>",
         title=TITLE, authors=("Ann Alder",), published="2031-05-01T04:30:00Z"),
)  # fmt: skip


@pytest.mark.parametrize("case", GALLERY, ids=lambda one: one.name)
def test_a_head_is_read_as_readers_see_it(case: Case):
    article = article_of(case)
    found = {name: getattr(article, name) for name in case.expected}
    found |= {name: value and value.iso for name, value in found.items() if name in ("published", "modified")}
    assert found == case.expected


BYLINES = """
en|By Ann Alder; de|Von Anna Erle; fr|Par Anne Aulne; es|Por Ana Aliso; pt|Por Ana Amieiro; it|Di Anna Ontano; nl|Door Anna Els
sv|Av Anna Al; da|Af Anna El; no|Av Anna Or; fi|Teksti: Anna Leppä; is|Eftir Anna Elri; et|Autor: Anna Lepp; lv|Autors: Anna Alksne
lt|Autorius: Ana Alksnė; pl|Autor: Anna Olcha; cs|Autor: Anna Olšová; sk|Autor: Anna Jelšová; sl|Avtor: Ana Jelša; hr|Piše: Ana Joha
sr|Аутор: Ана Јова; mk|Автор: Ана Евла; bg|Автор: Анна Елша; ru|Автор: Анна Ольха; uk|Автор: Анна Вільха; be|Аўтар: Анна Вольха
el|Γράφει η Άννα Σκλήθρα; tr|Yazan: Ayşe Kızılağaç; az|Müəllif: Aynur Qızılağac; hu|Írta: Éger Anna; ro|Autor: Ana Arin
sq|Nga Ana Verri; ca|Per Anna Vern; gl|Por Ana Ameneiro; eu|Egilea: Ane Haltza; id|Oleh Ana Alder; ms|Oleh Ana Alder; vi|Tác giả: An Nguyễn
th|โดย อรุณ สนธยา; ar|بقلم: ليلى صفصاف; fa|نویسنده: لیلا بیدی; ur|تحریر: لیلیٰ بید; he|מאת אורן אלון; hi|लेखक: अनु शर्मा; bn|লেখক: অনু সেন
ka|ავტორი: ანა მურყანი; ja|文／赤羽楓; zh|作者：陈晓海; ko|글: 김오리
"""


@pytest.mark.parametrize(
    ("language", "line"), [one.split("|") for one in BYLINES.replace("\n", ";").split(";") if one.strip()]
)
def test_a_printed_byline_is_read_in_its_language(language: str, line: str):
    language, line = language.strip(), line.strip()
    found = article_of(case(language, story(f"<div>{line}</div>"), html=f'<html lang="{language}">'))
    assert len(found.authors) == 1
    assert line.endswith(found.authors[0])
    assert found.byline == line
