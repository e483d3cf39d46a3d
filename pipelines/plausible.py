"""Whether to believe what a page says of its own address. Pure.

A wrong address that is believed joins two articles; one that is not believed costs a second row at most.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, urlsplit

from crawler.site import Site

# Parameters by which publishing systems choose the article.
_SELECTING = re.compile(
    r"id|p|(story|article|news|item|post)(_?id)?|art(id)?|[anps]id|node|doc(id)?|g?uid", re.IGNORECASE
)
_PLAIN_WORD = re.compile(r"[a-z]{1,20}", re.IGNORECASE)


def is_plausible(canonical: str, url: str, site: Site) -> bool:
    """Whether a page's claim about its own address can be true: same site, an article's address, and not another's.

    A claim that lacks the number which the fetched address has, or has a different one, names another page; so does
    one for the section in which the fetched address lies, or for a script without the article that it is to show.
    """
    try:
        if not site.is_article(canonical):
            return False
        claimed, fetched = site.address_key(canonical), site.address_key(url)
        if claimed == fetched or site.main_key(url) == claimed:
            return True
        if fetched.startswith(f"{site.name}:"):
            return False
        return not _is_section(site.clean(canonical), site.clean(url))
    except ValueError:
        return False


def is_confirmed(canonical: str, url: str, site: Site) -> bool:
    """Whether a second sign stands by a plausible claim: it is the page of which the address asks for another form.

    Or the address has the same slug, and lacks the number alone.
    """
    slug = site.slug_key(url)
    return site.main_key(url) == site.address_key(canonical) or (slug is not None and slug == site.slug_key(canonical))


def _is_section(claimed: str, fetched: str) -> bool:
    there, here = urlsplit(claimed), urlsplit(fetched)
    above, below = _segments(there.path), _segments(here.path)
    if above == below:
        return _selects_less(there, here)
    if not there.query and above == below[: len(above)]:
        return True
    return not there.query and _is_wordy(above) and not _is_wordy(below)


def _selects_less(there: SplitResult, here: SplitResult) -> bool:
    """Whether a claim for the same path lacks what chooses the article: by its name, or since the path names none."""
    if here.fragment and not there.fragment:
        return True
    if not here.query or _selects(there.query):
        return False
    stems = [segment.partition(".")[0] for segment in _segments(here.path)]
    return _selects(here.query) or (not there.query and _is_wordy(stems))


def _segments(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment]


def _is_wordy(segments: list[str]) -> bool:
    """Whether an address is made of single words, as a section's is: no number, no words joined."""
    return all(_PLAIN_WORD.fullmatch(segment) for segment in segments)


def _selects(query: str) -> bool:
    return any(_SELECTING.fullmatch(name) for name, _ in parse_qsl(query, keep_blank_values=True))
