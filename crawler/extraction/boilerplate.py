"""Paragraphs that papers put among their text and that are none of it. Vocabulary in the languages of the papers."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from crawler.extraction.render import Piece
from crawler.extraction.words import essence

READ_MORE = re.compile(
    r"^\W*(?:read (?:more|also|next|the full)|also read|more (?:on this|from|stories)|related(?: (?:stories|articles?|content))?|see also"
    r"|don[’']t miss|recommended|lesen sie (?:auch|mehr|hier)|lies auch|mehr (?:zum thema|dazu)|auch interessant|(?:à )?lire aussi|voir aussi"
    r"|leggi anche|lea también|lee también|te puede interesar|leia (?:também|mais)|saiba mais|lees ook|læs (?:også|mere)|les (?:også|mer)|läs (?:också|mer|även)"
    r"|czytaj (?:też|także|więcej)|zobacz (?:też|także)|čtěte (?:také|též)|читайте (?:также|ещё|еще|подробнее|також)|подробнее|ayrıca okuyun|関連記事|関連ニュース|관련기사)"
    r"(?:\b|(?<=\W)|$)\s*[:|–—-]?",
    re.IGNORECASE,
)
# Reason, longest length in characters, pattern. Short limits keep sentences that only begin alike.
_RULES: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (reason, longest, re.compile(pattern, re.IGNORECASE))
    for reason, longest, pattern in (
        (
            "advertisement",
            40,
            r"^\W*(?:advertisement|advertising|anzeige|werbung|publicité|publicidad|publicidade|pubblicità|advertentie|annons|reklam[ae]?|реклама|広告|광고)\W*(?:[-–—:].*)?$",
        ),
        (
            "newsletter",
            400,
            r"(?:sign up (?:for|to|here)|subscribe (?:to|now|for)|get (?:the|our) .{0,60}newsletter|delivered (?:straight |directly )?to your inbox|our (?:free )?.{0,40}newsletter|newsletter (?:abonnieren|bestellen)|inscrivez-vous à|suscríbete|iscriviti alla|подпи(?:шитесь|сывайтесь))",
        ),
        (
            "share",
            160,
            r"^\W*(?:share (?:this|on|via)|follow (?:us|the|@)|like us on|folgen sie uns|suivez-nous|síguenos|teilen\W*$|поделиться|copy link|print this|listen to (?:this )?article)",
        ),
        (
            "disclaimer",
            500,
            r"(?:(?:views|opinions) (?:and opinions )?expressed (?:in|by|here|above|are)|do(?:es)? not necessarily (?:reflect|represent) the (?:views|position|opinions?)|the views expressed in opinion pieces)",
        ),
        (
            "favour",
            400,
            r"(?:we have a small favor to ask|support (?:our|independent) journalism|become a (?:member|subscriber)|make a (?:contribution|donation) (?:to|today))",
        ),
        (
            "copyright",
            300,
            r"^\W*(?:©|\(c\)|copyright\b)|all rights reserved\W*$|this material may not be published|alle rechte vorbehalten|tous droits réservés|все права защищены",
        ),
        (
            "caption",
            220,
            r"^\W*(?:photo(?:graph)?s?|foto|fotos?|image|bild|picture|credit|фото|写真)\s*(?:by|von|credit|courtesy)?\s*[:/©]",
        ),
        (
            "comments",
            80,
            r"^\W*(?:(?:leave|post|add|view|show|load|read) (?:a |all |your |the )?(?:comments?|reply)|comments?\s*\(?\d*\)?\W*$|\d+ comments?\W*$)",
        ),
        (
            "player",
            120,
            r"^\W*(?:your browser does not support|this (?:video|content) (?:can ?not|is not)|to view this|please enable javascript|loading\W*$|watch now\W*$|now playing)",
        ),
    )
)
_LONGEST_READ_MORE = 220
_HEAD = 4


def reason_to_drop(text: str) -> str | None:
    """Why a paragraph is no part of the text, judged by its words alone; None for one that is."""
    if len(text) <= _LONGEST_READ_MORE and READ_MORE.match(text) and not _sentence_after_label(text):
        return "read more"
    return next((reason for reason, longest, rule in _RULES if len(text) <= longest and rule.search(text)), None)


def repeats_head(pieces: Sequence[Piece], known: Collection[str]) -> list[int]:
    """The numbers of the first paragraphs that only say title, standfirst or byline again."""
    said = {essence(text) for text in known} - {""}
    return [n for n, piece in enumerate(pieces[:_HEAD]) if essence(piece.text) in said]


def _sentence_after_label(text: str) -> bool:
    """Whether ``Related`` and the like only open a sentence: no colon or bar follows, and it ends as sentences do."""
    label = READ_MORE.match(text)
    rest = text[label.end() :] if label else ""
    joined = label is not None and label.group().rstrip()[-1:] in ":|–—-"
    return not joined and rest.rstrip()[-1:] in {".", "!", "”", '"'} and len(rest.split()) > 6
