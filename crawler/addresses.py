"""Addresses of the web, whatever the site: cleaning, comparing, resolving. Pure functions.

They are hostile text: their length is judged before anything else reads them, and all that is done to one takes time
that grows as its length does.

Nothing here may join two articles: only what the standards (RFC 3986, section 6.2) or every server's habit call the
same page shares a key. Forms of a page that are most likely the same article are ``address_forms``' business.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache, wraps
from typing import Any, TypeVar, cast
from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

from w3lib.url import safe_url_string

from crawler.tracking import is_left_by_sharing, is_tracking

LONGEST = 4_096
"""Characters of an address, as it is written and as it is cleaned; to read one costs some milliseconds at the most."""
LONGEST_ASKED = 2_083
"""Characters of an address that is asked for: the most that browsers once took, and no article's address is longer."""
_REMEMBERED = 16_384
_ORDINARY = 512  # characters; to remember longer ones would let a site fill the memory
_Function = TypeVar("_Function", bound=Callable[..., Any])

_PORTS = {"http": 80, "https": 443}
_WEB = re.compile(r"(?i)https?://[^/\\\s]")
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_LOOSE = re.compile(r"%(?![0-9a-fA-F]{2})")  # a percent sign that escapes nothing is one itself
_NO_HOST = re.compile(r"[\s\x00-\x1f\x7f%<>\"^`{|}\\]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SLASHES = re.compile(r"/{2,}")
_INDEX = re.compile(r"/(index\.([sx]?html?|php|aspx?|jsp|cfm)|default\.(html?|aspx?))$", re.IGNORECASE)
# What a script in the page reads, and no anchor is called: the page's name where it is made in the browser.
_ROUTE = re.compile(r"!.|/.")
# Where a server without cookies keeps a reader's session.
_SESSION_IN_PATH = re.compile(r";(jsessionid|phpsessid|sid)=[^/;]*|/\(S\([a-z0-9]{24}\)\)(?=/)", re.IGNORECASE)
_SESSIONS = frozenset({"phpsessid", "jsessionid", "aspsessionid", "asp.net_sessionid", "cfid", "cftoken"})
_CAMPAIGN = "&utm_"
# What a sentence or a mail puts behind an address, and copying takes along; then blanks and the end of a quotation.
_PUNCTUATION = (
    *".,;:!'\"*>]}",
    *("%22", "%27", "%3E", "%5D", "%7D", "%20", "%09", "%0A", "%0D", "%C2%A0"),
    *("%C2%BB", "%E2%80%98", "%E2%80%99", "%E2%80%9C", "%E2%80%9D", "%E2%80%A6"),
)
_CLOSING = (")", "%29")
_OPENING = re.compile(r"\(|%28")


def _from_the_end(endings: tuple[str, ...]) -> re.Pattern[str]:
    """What a text ends with, for the text read backwards: forwards, each place would be tried as the beginning."""
    return re.compile("(?:" + "|".join(re.escape(one[::-1]) for one in endings) + ")*+")


_ENDING = _from_the_end(_PUNCTUATION)
_ENDING_CLOSED = _from_the_end(_PUNCTUATION + _CLOSING)


def remembered(function: _Function) -> _Function:
    """Remember what a function of an address returns, as long as the address has an ordinary length."""
    kept = lru_cache(maxsize=_REMEMBERED)(function)

    @wraps(function)
    def call(url: str, *args: Any) -> Any:
        return (kept if len(url) <= _ORDINARY else function)(url, *args)

    return cast("_Function", call)


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http or https address with a host."""
    return _WEB.match(url) is not None


@remembered
def host_of(url: str) -> str:
    """The host in lower case, with its port when that is not the scheme's own: what a site is known by."""
    return _netloc(_split(url))


def without_www(host: str) -> str:
    """``www.example.com`` and ``example.com`` are one publication."""
    return host.removeprefix("www.")


@remembered
def clean(url: str, keep: frozenset[str] | None = None, idle: frozenset[str] = frozenset()) -> str:
    """The address as it should be asked for: no fragment, no tracking parameters, percent-encoding made uniform.

    A fragment that begins with ``!`` or ``/`` stays: on pages that are made in the browser it names the article.
    With ``keep``, every parameter that is not in it goes too: a site's profile may say which ones select content. So do
    those in ``idle``.
    Raises ValueError for anything but an absolute http(s) address of at most LONGEST characters.
    """
    _judge_length(url)
    if not is_web_address(url.strip()):
        raise ValueError(f"not a web address: {url[:200]!r}; expected http:// or https:// and a host")
    try:
        parts = urlsplit(safe_url_string(url.strip()))
    except ValueError as error:  # a port out of range, a label that is too long, an unbalanced bracket
        raise ValueError(f"not a web address: {url[:200]!r} ({error})") from None
    host = _netloc(parts)
    if not host or host.startswith(":") or _NO_HOST.search(host):
        raise ValueError(f"not a web address: {url[:200]!r}; expected a host")
    path = _without_dots(_ESCAPE.sub(lambda escape: escape[0].upper(), parts.path)) or "/"
    query = "&".join(_selecting(parts.query, keep, idle))
    fragment = parts.fragment if _ROUTE.match(parts.fragment) else ""
    cleaned = urlunsplit((parts.scheme.lower(), host, path, query, fragment))
    _judge_length(cleaned)
    return cleaned


@remembered
def key_of(url: str) -> str:
    """A cleaned address as an identity, the same for every spelling of it.

    Without scheme, ``www.``, the slash and the index file at the end; with the parameters in order.
    Raises ValueError for what has no host to be split off.
    """
    parts = _split(url)
    path, query = spelling(url)
    path = without_index(path).rstrip("/")
    query = "&".join(sorted(query.split("&"), key=lambda piece: piece.partition("=")[0]))
    told = f"#{parts.fragment}" if _ROUTE.match(parts.fragment) else ""
    return without_www(_netloc(parts)) + path + (f"?{query}" if query else "") + told


def spelling(url: str) -> tuple[str, str]:
    """Path and query of a cleaned address, spelt in one way; the parameters in the order in which they are written.

    Without session ids, doubled slashes, dot segments, escapes of plain characters, and what a sentence around the
    address has left at its end.
    """
    parts = _split(url)
    path = _without_dots(_SLASHES.sub("/", _plain(_SESSION_IN_PATH.sub("", parts.path))))
    folder, _, last = path.rpartition("/")
    path = f"{folder}/{last.partition(_CAMPAIGN)[0]}"  # put behind an address that had no question mark yet
    pieces = [_plain(piece.replace("+", "%20")) for piece in parts.query.split("&") if piece and not _is_session(piece)]
    if pieces:
        pieces[-1] = _unpunctuated(pieces[-1])
        return path, "&".join(pieces)
    return _unpunctuated(path.rstrip("/")) or "/", ""


def without_index(path: str) -> str:
    """The path of a folder's address, where the file is named that a server answers with."""
    return _INDEX.sub("", path)


def _judge_length(url: str) -> None:
    if len(url) > LONGEST:
        raise ValueError(f"too long an address: {len(url)} characters, beginning with {url[:80]!r}")


def _selecting(query: str, keep: frozenset[str] | None, idle: frozenset[str]) -> list[str]:
    """The parameters that choose the page, each as it was written: a server may care how its own are encoded."""
    pieces = [
        (piece, unquote_plus(name), unquote_plus(value))
        for piece in query.split("&")
        for name, _, value in [piece.partition("=")]
        if piece and unquote_plus(name) not in idle
    ]
    if keep is not None:
        return [piece for piece, name, _ in pieces if name in keep]
    kept = [each for each in pieces if not is_tracking(*each[1:])]
    if len(kept) < len(pieces):
        kept = [each for each in kept if not is_left_by_sharing(*each[1:])]
    return [piece for piece, *_ in kept]


def _is_session(piece: str) -> bool:
    return piece.partition("=")[0].lower() in _SESSIONS


def _plain(text: str) -> str:
    """Unreserved characters as themselves, all other escapes in upper case (RFC 3986, 6.2.2)."""
    return _ESCAPE.sub(_one_escape, _LOOSE.sub("%25", text))


def _one_escape(escape: re.Match[str]) -> str:
    character = chr(int(escape[0][1:], 16))
    return character if character in _UNRESERVED else escape[0].upper()


def _without_dots(path: str) -> str:
    """The path with ``.`` and ``..`` resolved (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]  # the empty one before the first slash stays
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return "/".join(kept)


def _unpunctuated(text: str) -> str:
    """Without punctuation at the end; a bracket only where none was opened."""
    ending = (_ENDING if _OPENING.search(text) else _ENDING_CLOSED).match(text[::-1])
    return text[: len(text) - ending.end()] if ending else text


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError as error:  # such as an unbalanced bracket in the host
        raise ValueError(f"not a web address: {url[:200]!r} ({error})") from None


def _netloc(parts: SplitResult) -> str:
    host = (parts.hostname or "").rstrip(".")
    if not host.isascii():
        with suppress(UnicodeError):  # no host then, and nobody's site
            host = host.encode("idna").decode("ascii")
    if ":" in host:
        host = f"[{host}]"
    try:
        port = parts.port
    except ValueError:
        port = None
    return host if port is None or port == _PORTS.get(parts.scheme.lower()) else f"{host}:{port}"
