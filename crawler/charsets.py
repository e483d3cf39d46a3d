"""Bytes to text, whatever a server or a page says of its charset: that is a hint, and may name what is none. Pure.

Python's codecs hold more than charsets (``hex``, ``zlib``, ``idna``, ``undefined`` …), and ``unicode_escape`` or
``utf-7`` would read another text than any browser does.
"""

from __future__ import annotations

import html
import re

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding

_NOT_OF_THE_WEB = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
_XML = b"<?xml"
_ENDLESS = re.compile(r"&#[0-9]{20,};?")  # no character: its number would have seven digits
_ENDLESS_BYTES = re.compile(rb"&#[0-9]{20,};?")


def as_text(page: bytes, charset: str | None = None) -> str:
    """Return the text of a page: by byte order mark, as UTF-8 where it is that, else by header, ``meta`` or a guess.

    ``charset`` is what the header said. Text in another charset is next to never valid UTF-8, so a wrong header does no
    harm to a page in UTF-8. Plain ASCII is left to the header and ``meta``: ISO-2022-JP looks like it. What is told is
    not believed of a page that it does not fit. Never raises: what cannot be decoded becomes U+FFFD.
    """
    marked, mark = read_bom(page)
    if marked is not None and mark is not None:
        return page[len(mark) :].decode(marked, "replace")
    if not page.isascii():
        try:
            return page.decode("utf-8")
        except UnicodeDecodeError:
            pass
    hints = (charset, html_body_declared_encoding(page))
    codec = next((codec for one in hints if one and (codec := _fitting(one, page))), None)
    text = page.decode(codec or _guess(page), "replace")
    if codec and _is_broken(text):
        guessed = page.decode(_guess(page), "replace")
        return min(text, guessed, key=lambda one: one.count("\ufffd"))
    return text


def unescaped(text: str) -> str:
    """Return the text with its character references resolved, as ``html.unescape``, which raises at endless numbers."""
    return html.unescape(_ENDLESS.sub("\ufffd", text))


def without_endless_references(markup: bytes) -> bytes:
    """Return markup for a parser that resolves character references by Python's numbers, which have a longest."""
    return _ENDLESS_BYTES.sub(b"&#65533;", markup)


def is_false_of_xml(charset: str) -> bool:
    """Whether an XML file whose declaration can be read as ASCII cannot be in the charset that it declares."""
    if "\0" in charset:
        return True
    if resolve_encoding(charset) is None:  # unknown to Python; the XML parser may know it
        return False
    codec = _codec(charset)
    return codec is None or _XML.decode(codec, "replace") != _XML.decode()


def _fitting(charset: str, page: bytes) -> str | None:
    """The codec of a charset that a page may be in: one of wide characters shows by the zeros around its tags."""
    codec = _codec(charset)
    if codec is None or b"<".decode(codec, "replace") == "<":
        return codec
    if b"\0" not in page:
        return None
    if codec in ("utf-16", "utf-32"):
        return f"{codec}-le" if b"<\0" in page else f"{codec}-be"
    return codec


def _codec(charset: str) -> str | None:
    """The codec of a charset that a page may have."""
    try:
        codec = resolve_encoding(charset)
        if codec is None or codec in _NOT_OF_THE_WEB:
            return None
        _XML.decode(codec, "replace")
    except (LookupError, ValueError):
        return None
    return codec


def _is_broken(text: str) -> bool:
    """Whether more characters could not be read than in a page cut short, or with a few bytes damaged."""
    return text.count("\ufffd") > len(text) // 1000 + 1


def _guess(page: bytes) -> str:
    """For pages of which no charset is known: UTF-8 with a few broken bytes, or by statistics."""
    if not _is_broken(page.decode("utf-8", "replace")):
        return "utf-8"
    from charset_normalizer import from_bytes  # slow to load, seldom needed

    best = from_bytes(page[:50_000], steps=3).best()
    return best.encoding if best else "cp1252"
