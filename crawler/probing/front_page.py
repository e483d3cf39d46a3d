"""What a front page says of its site: language, name, feeds, the sections in its navigation, its headlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from crawler.addresses import host_of, key_of, without_www
from crawler.extraction.document import Document, read
from crawler.extraction.dom import text_of

_MENU = re.compile(r"(?i)(?:^|[\s_-])(?:nav|menu|navigation|navbar|ressorts?|rubri(?:cs?|ken))(?:$|[\s_-])")
_MENUS = frozenset({"nav", "header", "footer"})
_WORDS_OF_HEADLINE = 4
_LETTERS_OF_HEADLINE = 14
_MOST_LINKS = 3_000
_SEPARATOR = re.compile(r"(?<!\s)(?:\s+[|–—·•-]\s+|\s*\|\s*)")
# Where systems put a feed or a sitemap without being asked: WordPress, Drupal, Hugo, Ghost, and papers' own.
FEED_PLACES = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "rss/all")
SITEMAP_PLACES = ("sitemap.xml", "sitemap_index.xml")
NEWS_SITEMAP_PLACES = ("news-sitemap.xml", "sitemap-news.xml", "newsmap.xml")
FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+xml"})
FEED_WORD = re.compile(r"(?i)(?:^|[/._=-])(?:rss|atom|feeds?)(?:$|[/._-])")
COMMENT_WORD = re.compile(r"(?i)comment|kommentar|posting|coment[aá]rio|reacties|komment|комментар")
NEWS_WORD = re.compile(r"(?i)news|nachricht|noticia|actualit|новост")
POST_WORD = re.compile(r"(?i)post|article|artikel|stor(?:y|ies)|beitr|archiv|content|nota")
PAGE_WORD = re.compile(r"(?i)page|seite|categor|kategor|tag|author|autor|image|video|bild|section|ressort|topic|thema")


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


# What a first segment says of an address: it lists articles by something, and is none itself.
LISTING_WORDS = _words(
    "author authors autor autoren autori auteur auteurs tag tags thema themen topic topics theme themes"
    " schlagwort category categories kategorie kategorien categoria categorias label labels dossier dossiers"
    " person persons people search suche recherche buscar zoeken page seite pagina archive archiv author-profile"
    " profile redaktion"
)
# Pages of every paper that are neither section nor article.
SERVICE_WORDS = _words(
    "abo abos abonnement abonnieren about about-us ueber-uns agb anzeigen advertise advertising account anmelden"
    " app apps autoren barrierefreiheit contact contact-us contacts contribute cookie cookies cookie-policy"
    " datenschutz donate epaper e-paper events faq feed feeds games gewinnspiel hilfe help impressum imprint jobs"
    " karriere konto kontakt legal login logout masthead mediadaten mentions-legales newsletter newsletters"
    " notifications pages podcast-app preview print privacy privacy-policy profil quiz raetsel register"
    " registrieren rss search service services shop sitemap subscribe suche support team terms terms-of-service"
    " termine tickets tv-programm user werbung widerruf wetter weather contatti contacto kontakty prenumeration"
    " abonnementer abbonamenti suscripcion"
)
PAGING_WORDS = _words("page p seite pag pagina page-number strana sida side stranica stranka str strona")


@dataclass(frozen=True, slots=True)
class FrontPage:
    """All addresses are absolute and clean, in the order of the page, each once."""

    url: str
    language: str | None
    title: str | None
    feeds: tuple[str, ...]
    """Those the head announces, then those the page links to."""
    sections: tuple[str, ...]
    """Links of the navigation that may lead to a section."""
    others: tuple[str, ...]
    """Links that surely are no article's: the navigation's, services, listings by author or subject."""
    headlines: tuple[str, ...]
    """Links whose words are as long as a headline's."""


def read_front_page(body: bytes, url: str, charset: str | None) -> FrontPage:
    """Read a page fetched from ``url``. Never raises: of no page come no links."""
    document = read(body, url, charset)
    links = list(_links(document))
    menu = [address for address, words, in_menu in links if in_menu and not _is_headline(words)]
    listings = [
        address
        for address, words, _ in links
        if _opens_with(address, LISTING_WORDS) or (not _is_headline(words) and _opens_with(address, SERVICE_WORDS))
    ]
    own = [address for address in menu if is_same_site(address, url) and key_of(address) != key_of(url)]
    return FrontPage(
        url=url,
        language=document.root.get("lang") or document.root.get("xml:lang") or document.meta("og:locale"),
        title=_title(document),
        feeds=_once([*_announced(document), *(address for address, _, _ in links if _is_feed(address))]),
        sections=_once(address for address in own if _may_be_section(address)),
        others=_once([*own, *listings]),
        headlines=_once(
            address
            for address, words, _ in links
            if _is_headline(words) and is_same_site(address, url) and address not in listings
        ),
    )


def is_same_site(address: str, url: str) -> bool:
    """Return whether the address is on the host of ``url``, or on one below it."""
    own, host = without_www(host_of(url)), without_www(host_of(address))
    return host == own or host.endswith(f".{own}")


def _links(document: Document) -> Iterator[tuple[str, str, bool]]:
    """Yield address, words, and whether the link stands in a menu."""
    for count, element in enumerate(document.root.iter("a")):
        if count >= _MOST_LINKS:
            return
        if address := document.absolute(element.get("href")):
            yield address, text_of(element), _in_menu(element)


def _in_menu(element: HtmlElement) -> bool:
    for above in element.iterancestors():
        if above.tag in ("article", "main", "body"):  # the header of a teaser is no menu
            return False
        called = f"{above.get('class') or ''} {above.get('id') or ''}"[:200]
        if above.tag in _MENUS or above.get("role") == "navigation" or _MENU.search(called):
            return True
    return False


def _is_headline(words: str) -> bool:
    return len(words.split()) >= _WORDS_OF_HEADLINE or (len(words) >= _LETTERS_OF_HEADLINE and not words.isascii())


def _announced(document: Document) -> Iterator[str]:
    for element in document.root.iter("link"):
        rel = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in rel and kind in FEED_TYPES and (address := document.absolute(element.get("href"))):
            yield address


def _is_feed(address: str) -> bool:
    return FEED_WORD.search(urlsplit(address).path) is not None


def _opens_with(address: str, words: frozenset[str]) -> bool:
    return _segments(address)[0].lower() in words


def _may_be_section(address: str) -> bool:
    parts = urlsplit(address)
    if parts.path.strip("/") == "" or parts.query or re.search(r"\d{3}", parts.path) or _is_feed(address):
        return False
    return len(_segments(address)) <= 2 and not _opens_with(address, LISTING_WORDS | SERVICE_WORDS)


def _segments(address: str) -> list[str]:
    return urlsplit(address).path.strip("/").removesuffix(".html").split("/")


def _title(document: Document) -> str | None:
    """Return what the site calls itself; of the page's title, the last part, where papers put their name."""
    if name := document.meta("og:site_name", "application-name"):
        return name
    title = next((text_of(element) for element in document.root.iter("title")), "")
    return _SEPARATOR.split(title)[-1].strip() or None


def _once(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))
