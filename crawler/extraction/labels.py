"""What papers print over lists of links: which lists are on the article's subject, and which are not.

Vocabulary as printed by papers in English, German, French, Spanish, Portuguese, Italian, Dutch, Scandinavian, Polish,
Russian, Ukrainian, Turkish, Indonesian, Japanese, Korean and Chinese.
"""

from __future__ import annotations

import re
from functools import lru_cache

_LONGEST = 60
_NAME = r"\S.{1,40}"
# The whole label; a list under it holds pieces on the same subject.
_RELATED = (
    r"(?:related|similar)(?: (?:articles?|stor(?:y|ies)|coverage|news|reading|content|posts?|links?))?",
    rf"more (?:on (?:this|the)(?: story| topic| subject)?|(?:on|in) {_NAME})|read (?:more|also|too)|also read|see also",
    r"(?:further|background) reading|more coverage|don.?t miss",
    rf"(?:mehr )?zum thema|mehr (?:dazu|zu {_NAME})|(?:lesen sie|lest|lies|lesen) (?:auch|mehr|dazu|hierzu|weiter)",
    r"lesen sie mehr zum thema|(?:verwandte|ähnliche|weiterführende|passende) (?:artikel|beiträge|inhalte|links)",
    r"passend (?:dazu|zum thema)|siehe auch|weitere artikel zum thema",
    r"(?:à )?(?:re)?lire (?:aussi|également)|(?:à )?voir aussi|(?:sur|dans) le même (?:sujet|thème)",
    r"pour aller plus loin|articles? (?:liés?|associés?|similaires|connexes)",
    r"(?:lea|lee|leer|ver|vea) (?:también|más)|(?:noticias|artículos|temas|contenidos) relacionad[ao]s|relacionad[ao]s",
    rf"más (?:información|sobre {_NAME})|saber más|te recomendamos leer",
    r"(?:leia|veja|saiba) (?:também|mais)|(?:notícias|artigos|matérias|conteúdos?) relacionad[ao]s?",
    r"(?:leggi|vedi|guarda) anche|(?:articoli|notizie) correlat[ie]|approfondiment[oi]|per approfondire",
    rf"lees (?:ook|meer|verder)|gerelateerd(?:e artikelen)?|meer over {_NAME}",
    r"läs (?:också|även|mer)|les (?:også|meir|mer)|læs (?:også|mere)|relater(?:t|ade artiklar|ede artikler|te saker)",
    rf"mer om {_NAME}|mere om {_NAME}",
    r"(?:czytaj|zobacz|przeczytaj) (?:też|także|również|więcej)|powiązane(?: artykuły)?",
    r"читайте (?:также|ещё|еще|по теме|також)|(?:материалы )?по теме|похожие (?:новости|материалы)",
    r"(?:матеріали )?за темою",
    r"ilgili (?:haber(?:ler)?|konular)|ayrıca oku(?:yun)?|bunu da oku(?:yun)?",
    r"baca juga|(?:berita|artikel) terkait",
    r"(?:【)?関連(?:記事|ニュース|リンク)?(?:】)?|(?:あわせて|合わせて)読みたい|관련\s?(?:기사|뉴스)",
    r"相[关關](?:阅读|閱讀|新闻|新聞|文章|报道|報導)|延伸(?:阅读|閱讀)",
)
# Anywhere in the label; a list under it is made of whatever is new, read, paid for, or by the same hand.
_OTHER = (
    r"\blatest\b|most (?:read|popular|viewed|watched|shared|commented|recent)|\bpopular\b|trending|just in\b|headlines",
    r"top (?:stories|news|picks|videos)|(?:more|stories|news) from\b|sponsored|promoted|paid (?:content|for)",
    r"around the web|from our partners|\bin case you",
    r"aktuell|\bneue?ste|meist\W?(?:gelesen|geklickt|kommentiert)|beliebt|schlagzeilen|top-?(?:themen|artikel|news)",
    r"anzeige|mehr (?:aus|von)\b",
    r"(?:les?|articles?) plus (?:lus?|populaires)|à la une|derni(?:er|ère)s|sponsoris",
    r"(?:lo|las) más (?:leíd|vist|comentad)|últim[ao]s|destacad[ao]s|más (?:\w+ )?de\b|mais (?:lid|vist|recente)",
    r"più lett|ultim[eio]\b|in evidenza|i più\b|meest gelezen|laatste nieuws|net binnen",
    r"mest (?:lest|läst|læst|sett)|senaste|\bsiste\b|seneste|mer fra|najnowsze|najczęściej|popularne",
    r"последн|популярн|читаем|главн|свежи|останні|son dakika|son haberler|çok okunan|terpopuler|terbaru",
    r"ランキング|新着|最新|人気|많이\s?본|최신|인기|热门|熱門",
)
# Anywhere in the label; beside the text a list under it is made by machine, within the text an editor made it.
_OFFERED = (
    r"read next|recommended|you (?:may|might) (?:also )?\w+|editor.?s.? (?:picks?|choice)",
    r"empf[eo]hl|auch interessant|das könnte (?:sie|dich|euch|ihnen)|vous (?:aimerez|pourriez)|recommand",
    r"te puede interesar|recomendad|potrebbe(?:ro)? interessar|aanbevolen|polecane|рекоменд|выбор редакции",
    r"おすすめ|추천|推荐|推薦",
)
# The whole label; the links under it are the piece's subjects.
_SUBJECTS = (
    r"(?:related |more |other |key )?(?:topics?|tags?|keywords?|subjects?)|topics in this (?:story|article)",
    r"filed under|(?:read )?more (?:about|on(?: this| these topics?)?)|in this (?:story|article)",
    r"tagged(?: (?:as|with|in))?|(?:relevante |verwandte |weitere )?themen|mehr (?:lesen über|zum thema|zu)",
    r"lesen sie mehr (?:zu|über|zum thema)|(?:schlag|stich)w(?:ö|o)rter|themen (?:in|zu|des) \S.{1,30}",
    r"sujets|thèmes|thématiques|mots[- ]clés?|sur le même thème|(?:más )?temas(?: relacionados)?|etiquetas",
    r"archivado en|palabras clave|assuntos|tópicos|argomenti|tematiche|onderwerpen|trefwoorden|ämnen|emner?",
    r"emneord|stikkord|tematy|tagi|темы|теги|ключевые слова|теми|konular|etiketler",
    r"(?:関連)?(?:キーワード|トピック|タグ|ワード)|(?:관련\s?)?(?:태그|키워드)|(?:相关|相關)?(?:标签|標籤|关键词|關鍵字)",
)


def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


_RELATED_LABEL, _OTHER_LABEL, _OFFERED_LABEL, _SUBJECTS_LABEL = map(_any_of, (_RELATED, _OTHER, _OFFERED, _SUBJECTS))


def is_related(text: str) -> bool:
    """Whether this is printed over, or said of, pieces on the same subject."""
    words = _bare(text)
    return words is not None and bool(_RELATED_LABEL.fullmatch(words)) and not is_other(text)


def is_other(text: str, *, in_text: bool = False) -> bool:
    """Whether this is printed over the latest, the best read, the paid for, or more by the same paper or author.

    Also over what is merely recommended, unless that stands ``in_text``.
    """
    words = _bare(text)
    if words is None:
        return False
    return bool(_OTHER_LABEL.search(words)) or (not in_text and bool(_OFFERED_LABEL.search(words)))


def is_subjects(text: str) -> bool:
    """Whether this is printed over the subjects of a piece."""
    words = _bare(text)
    return words is not None and bool(_SUBJECTS_LABEL.fullmatch(words))


@lru_cache(maxsize=8192)  # each of the questions asks for the same words
def _bare(text: str) -> str | None:
    """The words without marks around them; None where they are too many for a label."""
    words = text.strip(" \t\r\n:：;.…›»>|–—-+→▶►●•■[]()「」")
    return words.casefold() if 2 <= len(words) <= _LONGEST else None
