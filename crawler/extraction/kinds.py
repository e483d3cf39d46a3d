"""What sort of piece a page is: from words that papers print, and types that they declare."""

from __future__ import annotations

import re

from crawler.article import Kind

# Rubrics and sections, in the languages of the papers looked at; the first that matches decides.
_WORDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE))
    for kind, words in (
        (
            Kind.SPONSORED,
            (
                *(
                    "partner content",
                    "sponsored",
                    "paid (?:content|post)",
                    "advertorial",
                    "advertisement feature",
                    "anzeige",
                ),
                "на правах рекламы",
            ),
        ),
        (Kind.LIVE, ("live", "live ?blog", "liveticker", "newsticker", "en direct", "онлайн")),
        (
            Kind.OPINION,
            (
                *(
                    "opinions?",
                    "op-?ed",
                    "editorials?",
                    "columns?",
                    "columnists?",
                    "comment(?:ary|s|isfree)?",
                    "letters",
                ),
                *("meinung", "kommentare?", "kolumnen?", "gastkommentar", "opini[oó]n(?:es)?", "tribunes?", "blogs?"),
                *("debatt", "мнени[ея]", "колонк[аи]"),
            ),
        ),
        (
            Kind.ANALYSIS,
            (
                "(?:news )?analys[ie]s",
                "analyse[ns]?",
                "análisis",
                "explainers?",
                "fact[ -]?check",
                "анализ",
                "аналитика",
            ),
        ),
        (
            Kind.GALLERY,
            (
                *("(?:photo ?)?galler(?:y|ies)", "in pictures", "(?:bilder|foto)strecke", "diaporama"),
                *("фоторепортаж", "фотогалерея"),
            ),
        ),
        (Kind.VIDEO, ("videos?", "watch", "видео")),
        (Kind.PODCAST, ("podcasts?", "audio", "подкасты?")),
        (
            Kind.FEATURE,
            ("features?", "in[ -]depth", "long ?reads?", "reportage[ns]?", "magazine", "reportaje", "репортаж"),
        ),
    )
)
_TYPES = {
    "OpinionNewsArticle": Kind.OPINION,
    "AnalysisNewsArticle": Kind.ANALYSIS,
    "BackgroundNewsArticle": Kind.ANALYSIS,
    "LiveBlogPosting": Kind.LIVE,
    "AdvertiserContentArticle": Kind.SPONSORED,
    "ImageGallery": Kind.GALLERY,
    "MediaGallery": Kind.GALLERY,
    "VideoObject": Kind.VIDEO,
    "PodcastEpisode": Kind.PODCAST,
}
_PREFIX = re.compile(r"^\s*(Opinion|Video|Gallery|Podcast|Analysis|Live|Feature)\s*\|\s*", re.IGNORECASE)


def kind_in(words: str) -> Kind | None:
    """The kind that a rubric or a section's name tells; None for a longer text, which only happens to hold the word."""
    if len(words) > 40:
        return None
    return next((kind for kind, pattern in _WORDS if pattern.search(words)), None)


def kind_of_type(name: str) -> Kind | None:
    """The kind that a type of schema.org, or an ``og:type``, tells."""
    if name.startswith("video"):
        return Kind.VIDEO
    return _TYPES.get(name)


def split_prefix(description: str) -> tuple[Kind | None, str]:
    """A description's rubric, as in ``Opinion | …``, and the description without it."""
    match = _PREFIX.match(description)
    return (kind_in(match[1]), description[match.end() :]) if match else (None, description)
