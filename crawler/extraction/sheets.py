"""What do the style sheets within a page hide? Elements that a rule of one simple selector takes from sight.

Simple is a class, an id, several, or a tag with such (https://www.w3.org/TR/selectors-3/#selector-syntax); what
asks for an element's place or state, or for a screen of some width, is not read. A class that any rule brings back to
sight is believed to be seen: a script or a screen decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lxml.html import HtmlElement

_LARGEST = 600_000
"""Characters of all sheets of a page that are looked through; the largest of papers hold so much."""
_MOST_RULES = 2_000
_MOST_AROUND, _FAR = 4, 20_000
"""At-rules before a rule among which the one around it is sought, and how far before it."""
_SIGNS = (
    *("display:none", "display: none", "visibility:hidden", "visibility: hidden"),
    *("clip:rect(", "clip: rect(", "-9999px"),
)
"""One of these stands in each declaration that hides; to find them takes a tenth of what a pattern would."""
CONCEALED = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|clip\s*:\s*rect\(\s*[01](?:px)?\b|clip-path\s*:\s*inset\(\s*(?:50|100)%"
    r"|text-indent\s*:\s*-\d{3,}|(?:left|top)\s*:\s*-\d{3,}(?:px|em)"
    r"|(?<![\w-])(?:height|width)\s*:\s*1px\s*(?=[;!}\"]|$)(?=.*(?<![\w-])overflow\s*:\s*hidden)"
    r"|(?<![\w-])overflow\s*:\s*hidden\s*;(?=.*(?<![\w-])(?:height|width)\s*:\s*1px\s*(?:[;!}\"]|$))",
    re.IGNORECASE | re.DOTALL,
)
"""Declarations that hide, of a ``style`` attribute or of a rule."""
_SHOWN = re.compile(r"display\s*:\s*(?!none)[a-z]|visibility\s*:\s*visible|clip\s*:\s*auto|position\s*:\s*static")
_SELECTOR = re.compile(r"(?P<tag>[a-zA-Z][\w-]*)?(?P<names>(?:[.#][a-zA-Z_][\w-]*)+)")
_BEHIND_NAME = re.compile(r"(?![\w-])[^{};]{0,500}{(?P<said>[^{}]*)")
"""The rest of a selector behind a name in it, and the declarations."""
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ALWAYS = re.compile(r"@(?:layer\b[^{]*|media\s+(?:only\s+)?(?:screen|all)\s*)$", re.IGNORECASE)
"""At-rules around rules that hold on any screen."""


Rule = tuple[str | None, frozenset[str]]
"""The tag that a selector asks for, and the classes and ids, with their signs."""


@dataclass(frozen=True)
class Sheet:
    """The simple rules of a page that hide, by one of the classes or ids that each asks for."""

    css: str = ""
    rules: Mapping[str, Sequence[Rule]] = field(default_factory=dict)
    _known: dict[str, bool] = field(default_factory=dict)
    """Of which names it was asked whether they are brought to sight."""

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(key[1:] for key in self.rules)

    def hides(self, tag: str, classes: str, name: str) -> bool:
        """Return whether an element of this tag, ``class`` and ``id`` is hidden."""
        if self._words.isdisjoint(classes.split()) and name not in self._words:
            return False
        own = {f"#{name}", *(f".{one}" for one in classes.split())}
        return any(
            wanted in (None, tag) and names <= own and not any(map(self._is_shown, names))
            for key in own & self.rules.keys()
            for wanted, names in self.rules[key]
        )

    def _is_shown(self, name: str) -> bool:
        """Whether any rule with this class or id in its selector brings an element to sight."""
        if name not in self._known:
            rules = (_BEHIND_NAME.match(self.css, at + len(name)) for at in _places(self.css, name))
            self._known[name] = any(rule and _SHOWN.search(rule["said"]) for rule in rules)
        return self._known[name]


def sheet(styles: Iterable[HtmlElement]) -> Sheet:
    """Return what the ``style`` elements of a page hide; those for print and for pages without scripts do not count."""
    css = _read(styles)
    rules: dict[str, list[Rule]] = {}
    for selectors in _hiding(css):
        for selector in selectors.split(","):
            if (simple := _SELECTOR.fullmatch(selector.strip())) is not None:
                names = frozenset(re.findall(r"[.#][\w-]+", simple["names"]))
                rules.setdefault(min(names), []).append((simple["tag"] and simple["tag"].lower(), names))
    return Sheet(css, rules)


def _read(styles: Iterable[HtmlElement]) -> str:
    found, size = [], 0
    for style in styles:
        text = style.text
        if not text or (style.get("media") or "all").strip().lower() not in ("all", "screen"):
            continue
        size += len(text)
        if size > _LARGEST:
            break
        if not any(one.tag == "noscript" for one in style.iterancestors()):
            found.append(_COMMENT.sub(" ", text) if "/*" in text else text)
    return "\n".join(found)


def _hiding(css: str) -> Iterator[str]:
    """The selectors of the rules that hide on any screen."""
    depth = end = 0
    for begin in sorted(set(_rules(css)))[:_MOST_RULES]:
        depth += css.count("{", end, begin) - css.count("}", end, begin)
        end = begin
        start = 1 + max(css.rfind(sign, 0, begin) for sign in "{};")
        if depth == 1 and (around := _around(css, start)) is not None:
            is_always = _ALWAYS.search(around.strip()) is not None
        else:
            is_always = depth <= 0
        stop = css.find("}", begin)
        if is_always and stop > 0 and CONCEALED.search(css[begin + 1 : stop]):
            yield css[start:begin]


def _rules(css: str) -> Iterable[int]:
    """Where the rules begin, at their braces, that hold a sign of hiding."""
    for sign in _SIGNS:
        for at in _places(css, sign):
            begin = css.rfind("{", 0, at)
            if begin > css.rfind("}", 0, at):
                yield begin


def _places(css: str, sign: str) -> Iterator[int]:
    at = css.find(sign)
    while at >= 0:
        yield at
        at = css.find(sign, at + len(sign))


def _around(css: str, start: int) -> str | None:
    """The head of the at-rule around a rule that begins at a place."""
    at = start
    for _ in range(_MOST_AROUND):
        at = css.rfind("@", max(0, at - _FAR), at)
        if at < 0:
            break
        inside = css[at:start]
        if inside.count("{") - inside.count("}") == 1:
            return inside[: inside.index("{")]
    return None
