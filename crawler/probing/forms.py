"""Addresses sorted by form: of one shape, or of one shape below sections of any depth, with what tells them apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from crawler.probing.numbers import Mark, own_number
from crawler.probing.shapes import TEXT, Shaped

DEEP = rf"{TEXT}(?:/{TEXT})*"
"""One segment or more."""
_DISTINCT = 0.8
"""Of all addresses: the share that must differ in a column that is to tell them apart."""


@dataclass(frozen=True)
class Form:
    """Addresses of one shape, with the place of their number, if they have one, and the column of their slug."""

    members: tuple[Shaped, ...]
    mark: Mark | None
    slug: int | None

    @property
    def bare(self) -> bool:
        """Whether nothing but words tells these addresses from any other: no number, no date, no fixed word."""
        fixed = any(kind != TEXT for kind in self.members[0].kinds)
        return self.mark is None and not fixed and all(len(set(values)) > 1 for values in self.columns())

    @property
    def lead(self) -> int:
        """How many columns of words stand before the number and the slug: the sections."""
        if self.mark is None or self.mark.column < 0:
            return 0
        first = min(self.mark.column, self.mark.column if self.slug is None else self.slug)
        return first if all(kind == TEXT for kind in self.members[0].kinds[:first]) else 0

    @property
    def tail(self) -> object:
        """What forms that differ only in the number of sections have in common; None without sections or number."""
        if not self.lead or self.mark is None:
            return None
        _, extension, query = self.members[0].shape
        mark = replace(self.mark, column=self.mark.column - self.lead, token="")
        slug = None if self.slug is None else self.slug - self.lead
        return self.members[0].kinds[self.lead :], extension, query, mark, slug

    def columns(self) -> list[tuple[str, ...]]:
        """The values of each column."""
        return list(zip(*(member.values for member in self.members), strict=True))


def forms(articles: Iterable[Shaped]) -> list[Form]:
    """The forms that these addresses have: those with a number of their own, whatever the depth, before the others."""
    by_shape: dict[object, list[Shaped]] = {}
    for article in articles:
        by_shape.setdefault(article.shape, []).append(article)
    found = [form for members in by_shape.values() for form in _split(members)]
    by_tail: dict[object, list[Form]] = {}
    for form in found:
        by_tail.setdefault(form.tail or id(form), []).append(form)
    return [alike[0] if len(alike) == 1 else _joined(alike) for alike in by_tail.values()]


def _joined(alike: Sequence[Form]) -> Form:
    """One form of several that differ in the number of sections before the article."""
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
    """Addresses of one shape, apart by where they have their number, those without one last."""
    rest = tuple(members)
    while rest and (mark := own_number(rest)):
        inside = tuple(member for member in rest if mark.of(member))
        yield Form(inside, mark, _slug_column(inside, mark))
        rest = tuple(member for member in rest if not mark.of(member))
    if rest and (slug := _slug_column(rest, None)) is not None:
        yield Form(rest, None, slug)


def _slug_column(members: Sequence[Shaped], mark: Mark | None) -> int | None:
    """The column whose words tell the addresses apart, the wordiest where several do."""
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
