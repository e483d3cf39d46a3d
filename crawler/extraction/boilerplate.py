"""Paragraphs that papers put among their text and that are none of it. Vocabulary in the languages of the papers."""

from __future__ import annotations

import re

# English, German, French, Italian, Spanish, Portuguese, Dutch, Scandinavian, Polish, Czech, Russian, Ukrainian,
# Turkish, Japanese, Korean.
_READ_MORE = (
    *(r"read (?:more|also|next|the full)", r"also read", r"more (?:on this|from|stories)", r"see also", r"recommended"),
    *(r"related(?: (?:stories|articles?|content))?", r"don[’']t miss"),
    *(r"lesen sie (?:auch|mehr|hier)", r"lies auch", r"mehr (?:zum thema|dazu)", r"auch interessant"),
    *(r"(?:à )?lire aussi", r"voir aussi", r"leggi anche", r"le[ae] también", r"lee también", r"te puede interesar"),
    *(
        r"ähnliche (?:artikel|themen)",
        r"das könnte (?:sie|dich) (?:auch )?interessieren",
        r"weitere (?:artikel|themen)",
    ),
    *(r"sur le même sujet", r"articles? similaires", r"noticias relacionadas", r"articoli correlati"),
    *(r"leia (?:também|mais)", r"saiba mais", r"lees ook", r"læs (?:også|mere)", r"les (?:også|mer)"),
    *(r"läs (?:också|mer|även)", r"czytaj (?:też|także|więcej)", r"zobacz (?:też|także)", r"čtěte (?:také|též)"),
    *(
        r"читайте (?:также|ещё|еще|подробнее|також)",
        r"подробнее",
        r"по теме",
        r"похожие (?:статьи|материалы|новости)",
        r"ayrıca okuyun",
        r"関連(?:記事|ニュース)",
        r"관련기사",
    ),
)
READ_MORE = re.compile(rf"^\W*(?:{'|'.join(_READ_MORE)})(?:\b|(?<=\W)|$)\s*[:|–—-]?", re.IGNORECASE)
# Reason, longest length in characters, phrases. Short limits keep sentences that only begin alike; ^ is the beginning.
_PHRASES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    (
        "advertisement",
        40,
        (
            r"^(?:story|article|text|content|page) continues (?:below|after)\b",
            r"^continue reading (?:below|the main story)",
            r"^(?:advertis(?:ement|ing)|anzeige|werbung|publicité|publicidad[e]?|pubblicità|advertentie|annons"
            r"|annonce|passer la publicité|reklam[ae]?|реклама|広告|광고)\W*(?:[-–—:].*)?$",
        ),
    ),
    (
        "newsletter",
        400,
        (
            r"(?:^|[.!?:…]\W+)(?:please )?(?:sign up|subscribe)\b(?: (?:for|to|here|now|today))",
            r"(?:^|[.!?:…]\W+)get (?:the|our) .{0,60}newsletter",
            *(
                r"delivered (?:straight |directly )?(?:to your inbox|through your letterbox)",
                r"our (?:free )?.{0,40}newsletter",
            ),
            r"in your inbox\W*$",
            *(r"newsletter (?:abonnieren|bestellen)", r"inscrivez-vous à", r"suscríbete", r"iscriviti alla"),
            *(
                r"(?:^|[:.!?]\s+)(?:abonnier(?:e|t|en sie)|folg(?:en sie|st du|e uns)|(?:follow|join) (?:us|our)"
                r"|subscribe|suivez|s[ií]guenos|[úu]nete|unisciti)\b.{0,60}\b(?:whatsapp|telegram|viber)\b",
            ),
            *(r"подпи(?:шитесь|сывайтесь)", r"want to bookmark your favou?rite articles"),
        ),
    ),
    (
        "share",
        160,
        (
            *(r"^share (?:this|on|via)", r"^follow (?:us|the|@)", r"^like us on", r"^folgen sie uns", r"^suivez-nous"),
            *(
                r"^síguenos",
                r"^teilen\W*$",
                r"^поделиться",
                r"^copy link",
                r"^print this",
                r"^listen to (?:this )?article",
                r"^(?:facebook|twitter|x|whatsapp|telegram|instagram|linkedin|pinterest|reddit|bluesky|e-?mail|viber|vk)"
                r"(?:\W+(?:facebook|twitter|x|whatsapp|telegram|instagram|linkedin|pinterest|reddit|e-?mail))*\W*$",
                r"^(?:back|go back|zurück|retour|volver|voltar|indietro|terug|tillbaka|tilbage|tilbake|powrót)\W*$",
                r"^send (?:any|this|your|a) friend\b",
                r"\bgift articles?\b.{0,80}\b(?:month|share|read)",
            ),
            *(
                r"^click here (?:to|for)",
                r"^(?:have you |do you have |have )?(?:got )?a (?:story|news tip|tip)\b.{0,60}[?@]",
                r"^got a (?:story|news tip|tip)\b",
                r"^for more stories like this",
                r"\?\s*(?:get in touch|e-?mail us|let us know|tell us|contact us)\b.{0,80}$",
                r"(?:senden|schreiben|schicken) sie uns\b.{0,60}(?:feedback|meinung|\S@\S)",
            ),
        ),
    ),
    (
        "disclaimer",
        500,
        (
            r"(?:views|opinions) (?:and opinions )?expressed (?:in|by|here|above|are)",
            r"do(?:es)? not necessarily (?:reflect|represent) the (?:views|position|opinions?)",
            r"^our standards:",
            r"^(?:特别|特別|免责|免責|郑重)?(?:声明|聲明)\s*[:：]",
        ),
    ),
    (
        "favour",
        400,
        (
            *(r"we have a small favou?r to ask", r"support (?:our|independent) journalism"),
            *(r"unterstützen sie (?:uns|unsere[nr]?)\b", r"soutenez (?:nous|notre|un journal)", r"ap[óo]yanos"),
            *(r"become a (?:member|subscriber)", r"make a (?:contribution|donation) (?:to|today)"),
        ),
    ),
    (
        "copyright",
        300,
        (
            *(r"^(?:©|\(c\)|copyright\b)", r"all rights reserved\W*$", r"this material may not be published"),
            *(r"alle rechte vorbehalten", r"tous droits réservés", r"все права защищены"),
        ),
    ),
    (
        "caption",
        220,
        (r"^(?:photo(?:graph)?s?|fotos?|image|bild|picture|credit|фото|写真)\s*(?:by|von|credit|courtesy)?\s*[:/©]",),
    ),
    (
        "caption",
        450,
        (
            r"\b(?:REUTERS|AFP|AP|EPA|ANSA|dpa|Getty Images|IMAGO)/[A-ZÀ-Þ][^.!?/]{2,40}"
            r"(?:/(?:File|Archiv)[^.]{0,12})?\W*$",
        ),
    ),
    (
        "comments",
        80,
        (
            r"^(?:leave|post|add|view|show|load|read) (?:a |all |your |the )?(?:comments?|reply)",
            r"^(?:\d+ )?comments?\s*\(?\d*\)?\W*$",
            *(r"^(?:kommentare?|comments?|print|drucken|teilen|share|mail|\W)+$", r"^beitrag kommentieren"),
            *(r"^kommentar(?:e)? (?:abgeben|schreiben|hinzufügen|anzeigen)", r"^du musst (?:dich|angemeldet)\b"),
            *(r"^laissez? un commentaire", r"^dej[ae] un comentario", r"^lascia un commento", r"^deixe um comentário"),
            *(r"^(?:оставить|добавить) комментарий", r"^(?:skriv|lägg till|legg igjen) (?:en |ein )?kommentar"),
        ),
    ),
    (
        "shortcode",
        400,
        (r"^\[(\w+)(?:\s[^\]]*)?\].*\[/\1\]$", r"^\[/?\w+(?:\s+\w+=[^\]]*)\]$"),
    ),  # which WordPress did not know
    (
        "player",
        120,
        (
            *(r"^your browser does not support", r"^this (?:video|content) (?:can ?not|is not)", r"^to view this"),
            *(
                r"^(?:please )?enable javascript",
                r"^this slideshow requires javascript",
                r"^link zum \S+-inhalt\W*$",
                r"^loading\W*$",
                r"^wait \d+ seconds? ",
                r"^buy (?:this )?(?:photo|print)s?\W*$",
                r"^watch now\W*$",
                r"^now playing",
            ),
        ),
    ),
)
_RULES = tuple(
    (reason, longest, re.compile("|".join(phrase.replace("^", r"^\W*", 1) for phrase in phrases), re.IGNORECASE))
    for reason, longest, phrases in _PHRASES
)
_LONGEST_READ_MORE = 220


_NOTES = (
    r"corrections?|clarifications?|editor.?s.? note|note (?:from|by) the editors?|erratum|update(?= \d|:)",
    r"(?:an |a )?(?:earlier|previous) version of this (?:article|story|post|piece)",
    r"this (?:article|story|post|piece) (?:was|has been) (?:corrected|updated|amended|changed|clarified)",
    r"korrektur|berichtigung|richtigstellung|anm(?:erkung|\.) d(?:er|\.) red(?:aktion|\.)?",
    r"in einer (?:früheren|ersten|vorherigen) (?:version|fassung)|correctif|rectificatif|note de la rédaction|ndlr",
    r"fe de erratas?|correcci[óo]n|nota del editor|errata|nota da reda[çc][ãa]o|correzione|nota della redazione",
    r"correctie|rectificatie|rättelse|rettelse|retting|sprostowanie|исправление|уточнение|примечание редакции",
    r"düzeltme|訂正|정정|更正",
)
_NOTE = re.compile(rf"^\W*(?:{'|'.join(_NOTES)})(?=\W|$)", re.IGNORECASE)
_LONGEST_NOTE = 800


_CREDIT = re.compile(r"^\W*(?:additional )?(?:reporting|writing|editing|edited|compiled) by [A-ZÀ-Þ]", re.IGNORECASE)
_LONGEST_CREDIT = 250


def is_credit(text: str) -> bool:
    """Whether a line says who reported, wrote and edited a piece, as agencies put it under one."""
    return len(text) <= _LONGEST_CREDIT and _CREDIT.match(text) is not None


def is_note(text: str) -> bool:
    """Whether a paragraph corrects the article or speaks for its editors, by the words it opens with."""
    return len(text) <= _LONGEST_NOTE and _NOTE.match(text) is not None and len(text.split()) > 3


def reason_to_drop(text: str) -> str | None:
    """Why a paragraph is no part of the text, judged by its words alone; None for one that is."""
    if len(text) <= _LONGEST_READ_MORE and READ_MORE.match(text) and not _sentence_after_label(text):
        return "read more"
    return next((reason for reason, longest, rule in _RULES if len(text) <= longest and rule.search(text)), None)


def _sentence_after_label(text: str) -> bool:
    """Whether ``Related`` and the like only open a sentence: no colon or bar follows, and it ends as sentences do."""
    label = READ_MORE.match(text)
    rest = text[label.end() :] if label else ""
    joined = label is not None and label.group().rstrip()[-1:] in ":|–—-"
    return not joined and rest.rstrip()[-1:] in {".", "!", "”", '"'} and len(rest.split()) > 6
