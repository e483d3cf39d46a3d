"""Addresses of the web, whatever the site: cleaning, comparing, resolving. Pure functions."""

from __future__ import annotations

import re
from contextlib import suppress
from functools import lru_cache
from urllib.parse import SplitResult, unquote_plus, urlsplit, urlunsplit

from w3lib.url import safe_url_string

# Parameters that say where a reader came from and never which page is meant. Sources: the parameters
# that browsers strip in their strict privacy modes, and the campaign parameters of analytics vendors.
TRACKING = frozenset(
    [
        "_ga",
        "_gl",
        "_hsenc",
        "_hsmi",
        "__hsfp",
        "__hssc",
        "__hstc",
        "at_campaign",
        "at_medium",
        "bxid",
        "campaign_id",
        "cmpid",
        "cx_testid",
        "cx_testvariant",
        "cx_artpos",
        "dclid",
        "ef_id",
        "epik",
        "fb_action_ids",
        "fb_action_types",
        "fb_ref",
        "fb_source",
        "fbclid",
        "gad_source",
        "gbraid",
        "gclid",
        "gclsrc",
        "ico",
        "igsh",
        "igshid",
        "intcid",
        "itm_campaign",
        "itm_medium",
        "itm_source",
        "li_fat_id",
        "mc_cid",
        "mc_eid",
        "mibextid",
        "mkt_tok",
        "msclkid",
        "oly_anon_id",
        "oly_enc_id",
        "pk_campaign",
        "pk_kwd",
        "ref_src",
        "ref_url",
        "s_cid",
        "s_kwcid",
        "smid",
        "smtyp",
        "spm",
        "srsltid",
        "tblci",
        "ttclid",
        "twclid",
        "vero_conv",
        "vero_id",
        "wbraid",
        "wickedid",
        "wt_mc",
        "wt_zmc",
        "yclid",
        "ysclid",
        "xtor",
    ]
)
TRACKING_PREFIXES = ("utm_", "pk_", "mtm_", "matomo_", "hsa_")
_PORTS = {"http": 80, "https": 443}
_WEB = re.compile(r"(?i)https?://[^/\s]")
_TRAILING_SLASHES = re.compile(r"/+$")
_ESCAPE = re.compile(r"%[0-9a-f]{2}", re.IGNORECASE)
_NO_HOST = re.compile(r"[\s\x00-\x1f\x7f%<>\"^`{|}]")


def is_web_address(url: str) -> bool:
    """Whether this is an absolute http or https address with a host."""
    return _WEB.match(url) is not None


def is_tracking(parameter: str) -> bool:
    """Whether a query parameter says only where the reader came from."""
    name = parameter.lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def host_of(url: str) -> str:
    """The host in lower case, with its port when that is not the scheme's own: what a site is known by."""
    return _netloc(_split(url))


def without_www(host: str) -> str:
    """``www.example.com`` and ``example.com`` are one publication."""
    return host.removeprefix("www.")


@lru_cache(maxsize=16_384)
def clean(url: str, keep: frozenset[str] | None = None) -> str:
    """The address as it should be asked for: no fragment, no tracking parameters, percent-encoding made uniform.

    With ``keep``, every parameter that is not in it goes too: a site's profile may say which ones select content.
    Raises ValueError for anything but an absolute http(s) address.
    """
    if not is_web_address(url.strip()):
        raise ValueError(f"not a web address: {url[:200]!r}; expected http:// or https:// and a host")
    try:
        parts = urlsplit(safe_url_string(url.strip()))
    except ValueError as error:  # a port out of range, a label that is too long, an unbalanced bracket
        raise ValueError(f"not a web address: {url[:200]!r} ({error})") from None
    host = _netloc(parts)
    if not host or host.startswith(":") or _NO_HOST.search(host):
        raise ValueError(f"not a web address: {url[:200]!r}; expected a host")
    path = _ESCAPE.sub(lambda escape: escape[0].upper(), parts.path) or "/"
    query = "&".join(
        piece  # as it was written: a server may care how its own parameters are encoded
        for piece in parts.query.split("&")
        if piece and _kept(unquote_plus(piece.partition("=")[0]), keep)
    )
    return urlunsplit((parts.scheme.lower(), host, path, query, ""))


def key_of(url: str) -> str:
    """A cleaned address as an identity: without scheme, ``www.`` and the slash at the end."""
    parts = _split(url)
    path = _TRAILING_SLASHES.sub("", parts.path)
    return without_www(_netloc(parts)) + path + (f"?{parts.query}" if parts.query else "")


def _kept(parameter: str, keep: frozenset[str] | None) -> bool:
    return not is_tracking(parameter) if keep is None else parameter in keep


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
