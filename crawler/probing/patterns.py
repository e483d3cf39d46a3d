"""The general form of a site's article addresses, worked out from some of them and from some that are no article's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from crawler.probing.shapes import NUMBER, TEXT, Mark, Shaped, content_params, literal, own_number, shaped

_SLUG = rf"(?P<slug>{TEXT})"
_RARE = 0.03
_MOST_EXCEPTIONS = 20
_KEPT, _KEPT_UNASKED = 0.8, 0.95
"""The share of a form's addresses that a narrower pattern must still match, with and without need for narrowing."""
DEEP = rf"{TEXT}(?:/{TEXT})*"
"""One segment or more."""
_DISTINCT = 0.8
"""Of all addresses: the share that must differ in a column that is to tell them apart."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A form of address: the regular expression for a profile, one address that has it, and how many had."""

    regex: str
    example: str
    count: int


@dataclass(frozen=True)
class Form:
    """Addresses of one shape, with the place of their number, if they have one, and the column of their slug."""

    members: tuple[Shaped, ...]
    mark: Mark | None
    slug: int | None

    @property
    def bare(self) -> bool:
        """Return whether nothing but words tells these addresses from any other: no number, no date, no fixed word."""
        fixed = any(kind != TEXT for kind in self.members[0].kinds)
        return self.mark is None and not fixed and all(len(set(values)) > 1 for values in self.columns())

    @property
    def lead(self) -> int:
        """Return how many columns of words stand before the number and the slug: the sections."""
        if self.mark is None or self.mark.column < 0:
            return 0
        first = min(self.mark.column, self.mark.column if self.slug is None else self.slug)
        return first if all(kind == TEXT for kind in self.members[0].kinds[:first]) else 0

    @property
    def tail(self) -> object:
        """Return what forms that differ only in their sections have in common; None without sections or number."""
        if not self.lead or self.mark is None:
            return None
        _, extension, query = self.members[0].shape
        mark = replace(self.mark, column=self.mark.column - self.lead, token="")
        slug = None if self.slug is None else self.slug - self.lead
        return self.members[0].kinds[self.lead :], extension, query, mark, slug

    def columns(self) -> list[tuple[str, ...]]:
        """Return the values of each column."""
        return list(zip(*(member.values for member in self.members), strict=True))


def address_patterns(article_urls: Iterable[str], other_urls: Iterable[str]) -> tuple[Pattern, ...]:
    """Return patterns that match these articles and none of the others, the commonest form first.

    Each has the group ``id`` where every article has a number of its own that is not a date, and the group ``slug``
    where words tell them apart. A form that only a few in a hundred have is left out.
    """
    urls = list(dict.fromkeys(article_urls))
    params = content_params(urls)
    articles = _unique(urls, params)
    paths = {article.path for article in articles}
    others = [other for other in _unique(other_urls, params) if other.path not in paths]
    least = 1 if len(articles) < 4 else max(2, _RARE * len(articles))
    usual = (form for form in forms(articles) if len(form.members) >= least)
    by_regex = {regex: form for form in usual if (regex := _narrowest(form, others))}
    patterns = (Pattern(regex, form.members[0].path, len(form.members)) for regex, form in by_regex.items())
    return tuple(sorted(patterns, key=lambda pattern: -pattern.count))


def _unique(urls: Iterable[str], params: Sequence[str]) -> list[Shaped]:
    addresses = (shaped(url, params) for url in urls)
    return list({address.path: address for address in addresses if address.path}.values())


def _narrowest(form: Form, others: Sequence[Shaped]) -> str | None:
    """Return the widest pattern that keeps the articles and matches none of the others.

    Where none is narrow enough, the others that it would match are excepted by name.
    """
    kept = _KEPT_UNASKED if form.bare else _KEPT
    best: tuple[str, list[str]] | None = None
    narrowings = product((False, True), (3, 2, 1) if form.bare else (1, 2, 3), _with_longer_numbers(form))
    for listed, words, variant in narrowings:
        regex = _regex(variant, words, _sections(others) if listed else None)
        if sum(re.match(regex, member.path) is not None for member in form.members) < kept * len(form.members):
            continue
        wrong = [other.path for other in others if re.match(regex, other.path)]
        if best is None or len(wrong) < len(best[1]):
            best = regex, wrong
    if best is None or len(best[1]) > _MOST_EXCEPTIONS:
        return None
    regex, wrong = best
    return f"(?!(?:{'|'.join(sorted(map(literal, wrong)))})$){regex}" if wrong else regex


def _with_longer_numbers(form: Form) -> list[Form]:
    """Return the form, and the same with about as many digits as were seen: the year at the end of a tag has fewer."""
    if form.mark is None or form.mark.token != NUMBER or form.mark.column < 0:
        return [form]
    fewest = min(len(form.mark.of(member) or "") for member in form.members) - 1
    return [form, replace(form, mark=replace(form.mark, token=rf"\d{{{fewest},}}"))] if fewest > 1 else [form]


def _sections(others: Sequence[Shaped]) -> frozenset[str]:
    """Return words that are an address by themselves: what a paper puts before its articles, too."""
    return frozenset(other.values[0] for other in others if len(other.values) == 1 and not other.extension)


def _regex(form: Form, words: int, sections: frozenset[str] | None) -> str:
    """Return the pattern. A slug has at least ``words``; ``sections``: what else the first column may be."""
    first = form.members[0]
    slug = _SLUG if words == 1 else rf"(?P<slug>[^/?_-]+(?:[-_][^/?_-]+){{{words - 1},}})"
    columns = [_column(form, number, values, slug, sections) for number, values in enumerate(form.columns())]
    path = "".join(f"/{column}" for column in columns) + literal(first.extension)
    if not first.query:
        return f"{path}$"
    values = [value for member in form.members for _, value in member.query]
    token = NUMBER if all(map(str.isdecimal, values)) else "[0-9A-Za-z]+"
    return rf"{path}\?{literal(first.query[0][0])}=(?P<id>{token})$"


def _column(form: Form, number: int, values: Sequence[str], slug: str, sections: frozenset[str] | None) -> str:
    mark, kind = form.mark, form.members[0].kinds[number]
    if mark and mark.column == number:
        rest = re.compile(mark.regex("(?P<rest>.+)"))
        numeric = mark.has_rest and all(_group(rest, value).isdecimal() for value in values)
        return mark.regex(NUMBER if numeric else slug)
    if number == form.slug:
        return slug
    if kind != TEXT:
        return kind
    if len(set(values)) == 1 and len(values) > 1:
        return literal(values[0])
    if sections is None:
        return TEXT
    known = set(values) | (sections if number == 0 else frozenset())
    return f"(?:{'|'.join(sorted(map(literal, known)))})"


def _group(regex: re.Pattern[str], value: str) -> str:
    match = regex.fullmatch(value)
    return match["rest"] if match else value


def forms(articles: Iterable[Shaped]) -> list[Form]:
    """Return the forms that these addresses have: those with a number of their own, at any depth, before the others."""
    by_shape: dict[object, list[Shaped]] = {}
    for article in articles:
        by_shape.setdefault(article.shape, []).append(article)
    split = [form for members in by_shape.values() for form in _split(members)]
    by_tail: dict[object, list[Form]] = {}
    for form in split:
        by_tail.setdefault(form.tail or id(form), []).append(form)
    return [alike[0] if len(alike) == 1 else _joined(alike) for alike in by_tail.values()]


def _joined(alike: Sequence[Form]) -> Form:
    """Return one form made of several that differ in the number of sections before the article."""
    members = [
        replace(
            member,
            values=("/".join(member.values[: form.lead]), *member.values[form.lead :]),
            kinds=(DEEP, *member.kinds[form.lead :]),
        )
        for form in alike
        for member in form.members
    ]
    first = alike[0]
    mark = replace(first.mark, column=first.mark.column - first.lead + 1) if first.mark else None
    return Form(tuple(members), mark, None if first.slug is None else first.slug - first.lead + 1)


def _split(members: Sequence[Shaped]) -> Iterator[Form]:
    """Yield addresses of one shape, apart by where they have their number, those without one last."""
    rest = tuple(members)
    while rest and (mark := own_number(rest)):
        inside = tuple(member for member in rest if mark.of(member))
        yield Form(inside, mark, _slug_column(inside, mark))
        rest = tuple(member for member in rest if not mark.of(member))
    if rest and (slug := _slug_column(rest, None)) is not None:
        yield Form(rest, None, slug)


def _slug_column(members: Sequence[Shaped], mark: Mark | None) -> int | None:
    """Return the column whose words tell the addresses apart, the wordiest where several do."""
    if mark and mark.has_rest:
        return mark.column
    kinds = members[0].kinds
    texts = [column for column, kind in enumerate(kinds) if kind == TEXT and not (mark and mark.column == column)]

    def worth(column: int) -> tuple[int, int]:
        values = [member.values[column] for member in members]
        return len(set(values)), sum(map(len, values))

    best = max(texts, key=worth, default=None)
    if best is None or (mark and len(members) == 1) or worth(best)[0] < _DISTINCT * len(members):
        return None
    return best
