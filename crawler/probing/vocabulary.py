"""Names that addresses and pages of papers use, in the languages of the papers looked at."""

from __future__ import annotations

import re


def _words(line: str) -> frozenset[str]:
    return frozenset(line.split())


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
