"""Addresses that wrap another one: AMP caches, archive services, counters of clicks, redirectors.

What they wrap is written in them, so nobody needs to be asked where they lead. An address that merely names another,
such as that of a log-in page with the way back in it, wraps none.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from crawler.addresses import LONGEST, is_web_address, remembered

_NESTED = 3  # wrappers around one address
_OWN = len("https://")
_MAY_WRAP = re.compile(r"(?i)https?(?::|%3a|-3a)|/s/|/[cv]/|/amp/|\.translate\.goog/")
_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_CACHED = re.compile(r"/[a-z]/(s/)?([^/]+\.[^/]+(?:/.*)?)")
_GOOGLE = re.compile(r"(?i)(?:www|m|amp)\.google\.[a-z.]{2,7}")
_VIEWED = re.compile(r"/amp/(s/)?([^/]+\.[^/]+(?:/.*)?)")
_ARCHIVE = re.compile(
    r"(?i)(?:web\.|www\.|wayback\.)?archive\.(?:org|today|ph|is|li|vn|fo|md)|arquivo\.pt|webarchive\.\S+|(?:www\.)?webcitation\.org"
    r"|timetravel\.mementoweb\.org|12ft\.io|r\.jina\.ai|(?:www\.)?removepaywall\.com|urldefense\.com|ghostarchive\.org"
    r"|outgoing\.prod\.webservices\.mozgcp\.net"
)
_TRANSLATED = ".translate.goog"
_ALL_OF_PATH = re.compile(r"(?i)/{1,3}(https?:/{1,2}[^/].*)")
_SEARCHED = re.compile(r"(?i)/RU=(https?%3a%2f%2f[^/]{1,2000})/")
_IN_PATH = re.compile(r"(?i)[/_:](https?:/{1,2}[^/].*)")
_TEXT_CACHE = re.compile(r"(?i)cache:(?:[^:/]{1,40}:)?((?:https?://)?[^\s:]\S+)(?:\s.*)?")
_COUNTER_HOST = re.compile(
    r"(?i)(?:click|clicks|clk|go|out|away|redir|redirect|l|lm|exit|outbound|track|tracking|trk)\d{0,9}\."
)
_COUNTERS = (
    ".safelinks.protection.outlook.com",
    ".slack-redir.net",
    ".redirectingat.com",
    ".linksynergy.com",
    ".viglink.com",
)
_COUNTER_PAGE = re.compile(
    r"(?i)(?:click|clicks|clk|go|goto|out|away|redir|redirect|redirector|link|track|tracking|url|exit|jump|"
    r"apiclick|linkfilter|leave|count|counter|outbound|external|l|r|t|ck|cread|deeplink|translate|lnk|to|hit|tracker)"
    r"(?:\.(?:php|aspx?|cgi|html?|jsp))?"
)
_TARGET = re.compile(
    r"(?i)url|u|q|to|target|redirect(?:_?url)?|link|dest|destination|goto|r|out|href|murl|ued|uddg|z|target_?url"
)
_PROOFPOINT = re.compile(r"(?i)urldefense\.(?:proofpoint\.)?com")
_PAIR = re.compile(r"__(https?:.+?)__;?.*")


@remembered
def unwrapped(url: str) -> str:
    """Return the address that an absolute address wraps, however often; the address itself where it wraps none."""
    for _ in range(_NESTED):
        inner = _inner(url) if len(url) <= LONGEST and _MAY_WRAP.search(url, _OWN) else None
        if inner is None or inner == url:
            return url
        url = inner
    return url


def _inner(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    behind = f"?{parts.query}" if parts.query else ""
    cached = _CACHED.fullmatch(parts.path) if f".{host}".endswith(_CACHES) else None
    cached = cached or (_VIEWED.fullmatch(parts.path) if _GOOGLE.fullmatch(host) else None)
    if cached:
        return f"http{'s' if cached[1] else ''}://{cached[2]}{behind}"
    if _PROOFPOINT.fullmatch(host) and (match := _PAIR.search(url)):
        return _web(match[1])
    if _ARCHIVE.fullmatch(host) and (match := _IN_PATH.search(_readable(parts.path))):
        return _web(_whole(match[1]) + behind)
    if match := _ALL_OF_PATH.fullmatch(_readable(parts.path)):  # whatever service it is: nothing else stands there
        return _web(_whole(match[1]) + behind)
    if host.endswith(_TRANSLATED):
        return _web(_translated(parts))
    if host.endswith("search.yahoo.com") and (match := _SEARCHED.search(parts.path)):
        return _web(unquote(match[1]))
    if not parts.path.strip("/") and is_web_address(all_of_it := unquote(parts.query)):
        return all_of_it
    return _in_query(host, parts.path, parts.query)


def _whole(written: str) -> str:
    """Return an address of which a server may have folded the slashes into one."""
    return re.sub(r"(?i)^(https?:)/{1,2}", r"\1//", written)


def _translated(parts: SplitResult) -> str:
    """Return the address of a page that a translator shows: dots of its host are hyphens there, and hyphens two."""
    label = parts.netloc.removesuffix(_TRANSLATED)
    host = label.replace("--", "\0").replace("-", ".").replace("\0", "-")
    query = "&".join(piece for piece in parts.query.split("&") if piece and not piece.startswith("_x_tr_"))
    return f"https://{host}{parts.path}" + (f"?{query}" if query else "")


def _in_query(host: str, path: str, query: str) -> str | None:
    """Return the one address that a counter's parameters name."""
    is_cache = host.endswith("webcache.googleusercontent.com")
    if not is_cache and not _is_counter(host, path):
        return None
    pairs = parse_qsl(query, max_num_fields=50)
    if is_cache:
        match = next((found for name, value in pairs if name == "q" and (found := _TEXT_CACHE.fullmatch(value))), None)
        return match and (match[1] if is_web_address(match[1]) else f"http://{match[1]}")
    if _PROOFPOINT.fullmatch(host):
        pairs = [(name, unquote(value.replace("_", "/").replace("-", "%"))) for name, value in pairs]
    named = {value for name, value in pairs if _TARGET.fullmatch(name) and is_web_address(value)}
    return _web(named.pop()) if len(named) == 1 else None


def _is_counter(host: str, path: str) -> bool:
    """Return whether a host, or the last part of a path, is called as those are that count and lead on."""
    if _COUNTER_HOST.match(host) or f".{host}".endswith(_COUNTERS):
        return True
    return _COUNTER_PAGE.fullmatch(path.removesuffix("/").rpartition("/")[2]) is not None


def _readable(path: str) -> str:
    """Return a path that wraps an address with that written out, as most services have it."""
    return unquote(path) if re.search(r"(?i)/https?%3a", path) else path


def _web(written: str) -> str | None:
    return written if is_web_address(written) else None
