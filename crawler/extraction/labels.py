"""What papers print over lists: which lists of links are on the article's subject, and which are readers' comments.

The words are those of :mod:`~crawler.extraction.vocabulary`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from crawler.extraction.vocabulary import any_of

_LONGEST = 60
_TOPICS = ("related", "other", "offered", "subjects", "author")
_RELATED_LABEL, _OTHER_LABEL, _OFFERED_LABEL, _SUBJECTS_LABEL, _AUTHOR_LABEL = (
    re.compile(any_of("labels", topic), re.IGNORECASE) for topic in _TOPICS
)

_DISCUSSION = re.compile(any_of("labels", "discussion"), re.IGNORECASE)
_SIGN_OF_DISCUSSION = re.compile(
    r"comment|comm?ent[aá]|coment|kommen|koment|dyskus|diskuz|opini"
    r"|luận|ý kiến|praat|hozzász|repl|respon|thought|conversation|discussion|antwort|gedanken|ergänz"
    r"|diskus|répon|réflex|respues|respos|reacti|yorum|keskust|σχόλι|απάντησ|коммент|комент|обсужд|コメント|评论|評論|留言|回"
    r"|댓글|تعليق|תגוב|نظر|دیدگاه|टिप्प|प्रतिक्र|ความ",
    re.IGNORECASE,
)
"""One of these is in each of these headings, which are looked for only then."""
_COUNT_BEHIND = re.compile(r"\s*[(\[]?\d+[)\]]?$")


@lru_cache(maxsize=8192)
def is_discussion(text: str) -> bool:
    """Whether this is a heading over readers' comments."""
    if not _SIGN_OF_DISCUSSION.search(text):
        return False
    return bool(_DISCUSSION.fullmatch(_COUNT_BEHIND.sub("", text).strip(" \t\r\n:：;.…›»>|–—-+→▶►●•■[]()")))


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


def is_about_author(text: str) -> bool:
    """Whether this is printed over lines about who wrote a piece."""
    words = _bare(text)
    return words is not None and bool(_AUTHOR_LABEL.fullmatch(words))


@lru_cache(maxsize=8192)  # each of the questions asks for the same words
def _bare(text: str) -> str | None:
    """The words without marks around them; None where they are too many for a label."""
    words = text.strip(" \t\r\n:：;.…›»>|–—-+→▶►●•■[]()「」")
    return words.casefold() if 2 <= len(words) <= _LONGEST else None
