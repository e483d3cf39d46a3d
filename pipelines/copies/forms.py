"""Are two texts of one wording one text, or a form that was filled in twice? Pure.

A wire runs the central bank's note each day, dividends of many companies in an hour, the prices of two markets in the
same sentences. What tells such notes apart is what they tell: figures, names and dates, in the text and in the title,
and when they ran. The shorter a text, the less it says beside these, and the more closely they are asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise

from pipelines.copies.alignment import Alignment
from pipelines.copies.shingles import Words, words

BRIEF = 100
"""Words below which a text is asked more closely: on a real wire nine of ten pairs of longer texts were right without,
of texts of 20 to 60 words four of ten."""
_LATE = 72.0
"""Hours after which a brief text is another one, whatever its words: papers run an agency's note within a day or two,
and a weekly form comes back after seven."""
_LATE_FORM = 30.0
"""The same of a text that is a form for certain: the next morning's paper has it still, the next evening's another."""
_LOST = 0.3
"""Share of the figures, or of the names, exchanged in their places, from which a text is a form filled in anew …"""
_FEWEST_LOST = 3
"""… when it is at least so many: an editor corrects two figures …"""
_TIMES_OTHERS = 2.0
"""… and when it is so many times the share of other words that were exchanged: editors do not prefer figures."""
_FEWEST_OF_ALL = 2
"""Figures of which not one may be left, once something else was exchanged too: a brief forecast has no more. So many
words or figures exchanged are no slip either, where one word of the headline is another, too."""
_SLIPS = 0.15
"""Share of its figures that may be others in a brief text: one of seven is a correction, one of three another day …"""
_SLIPS_AT_ONCE = 0.25
_AT_ONCE = 12.0
"""… and one of four, where within so many hours the same headline stands over it."""
_RENAMED = 0.3
"""Share of its names that may be others in a brief text: a mayor may become an official, a town no other town."""
_CORRECTED = 2
"""Figures and names that may be others where the title says that the text was corrected …"""
_HEADLINE = 0.6
"""… and is otherwise, for so great a share of its words, that of the other text. Where no figure stayed, the whole …"""
_SAME_DAY = 20.0
"""… within so many hours: a daily note comes back after twenty-one at the least. So long one figure may be put right
under the same headline, unsaid …"""
_STAYED = 3
"""… where so many others and all words have stayed."""
_SPELLED_ALIKE = 0.6
"""Likeness of two spellings of one name: Kiev and Kyiv …"""
_CALENDAR = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday september october november december"  # noqa: SIM905
    " montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag oktober dezember".split()  # a list is long
)
"""… but for days and months that are spelled alike and are others, of the languages that write them with a capital."""
_CAPITALS = 0.6
"""Share of capitalised words from which a headline or a text is in capitals throughout, and these name nobody."""
_OF_FIGURES = 0.1
"""Share of figures among its words from which a text may not say itself what they are of."""
_DATED = 1  # names that a text may have and tell nobody's: of a month
_ENDING = 2  # words in which titles of one form end
_FIGURE = 3  # words of a figure: 6-3/16
_SAYING = 3  # letters that a word of a title has to say anything
_STEM = 5  # letters by which a title's word is sought in a text, whatever its ending
_SYMBOL = re.compile(r"<([A-Z][A-Z.]*)>", re.IGNORECASE)
_CORRECTION = re.compile(
    r"\W{0,3}(?:correct|corr\b|rectif|corrig|correz|berichtig|korrektur|korrig|popraw|oprav|исправ|уточн|更正|訂正)"
    r"\w{0,12}\W+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Occasion:
    """What else than its words tells of which day and thing a text is.

    ``ran`` are the earliest and the latest hour, since any moment, at which it was published; None where nobody knows.
    """

    title: Words
    ran: tuple[float, float] | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """Return the words of the title that name somebody or something: with a capital, where not all have one."""
        first = frozenset(self.title.folded[:1])
        return frozenset() if len(self.title.names) >= _CAPITALS * len(self.title) else self.title.names - first

    @cached_property
    def symbols(self) -> frozenset[str]:
        """Return the stock exchange's symbols in the title, as agencies write them: ``<BELL>``."""
        return frozenset(_SYMBOL.findall(self.title.text))

    def is_within(self, hours: float, other: Occasion) -> bool:
        """Return whether both may have run within so many hours."""
        if self.ran is None or other.ran is None:
            return True
        return max(self.ran[0] - other.ran[1], other.ran[0] - self.ran[1]) <= hours

    def corrects(self, other: Occasion) -> bool:
        """Return whether one of the two says in its title that it corrects the other, which is titled so as well."""
        if not any(map(_CORRECTION.match, (self.title.text, other.title.text))):
            return False
        mine, theirs = set(self.headline), set(other.headline)
        return self.is_within(_SAME_DAY, other) and len(mine & theirs) >= _HEADLINE * len(mine | theirs)

    @cached_property
    def headline(self) -> tuple[str, ...]:
        """Return the words of the title, without one that says that it is corrected."""
        mark = _CORRECTION.match(self.title.text)
        return words(self.title.text[mark.end() :]).folded if mark else self.title.folded


@dataclass(frozen=True, slots=True)
class Exchange:
    """How many different figures and names stand in the place of others, and how many stayed; ``others`` are words."""

    figures: int
    names: int
    others: int
    figures_kept: int
    names_kept: int
    others_kept: int


def is_late(a: Occasion, b: Occasion, *, is_form: bool) -> bool:
    """Return whether two occasions are so far apart that a brief text of one, or a form, is not that of the other."""
    return not a.is_within(_LATE_FORM if is_form else _LATE, b)


def slips(a: Occasion, b: Occasion, *, is_form: bool) -> float:
    """Return the share of its figures that a brief text may have otherwise than another, and still be that one."""
    is_at_once = a.title.folded == b.title.folded and a.is_within(_AT_ONCE, b)
    if is_form:
        return _SLIPS if is_at_once else 0.0
    return _SLIPS_AT_ONCE if is_at_once else _SLIPS


def names_other(a: tuple[Occasion, Words], b: tuple[Occasion, Words]) -> bool:
    """Return whether the titles of two texts name different companies, places, people, dates or sums.

    What a title says that is in the other's text, or title, is no difference: papers write headlines of their own. One
    headline with other figures in it is another note, and so is one of another symbol: ``<BELL>``.
    """
    one, other = a[0], b[0]
    if one.title.folded == other.title.folded or one.corrects(other):
        return False
    if one.symbols and other.symbols and one.symbols.isdisjoint(other.symbols):
        return True
    if [_masked(word) for word in one.title.folded] == [_masked(word) for word in other.title.folded]:
        return True
    is_untold = _leave_to_titles(a, b)
    mine, theirs = _only_there(a, b, is_untold=is_untold), _only_there(b, a, is_untold=is_untold)
    return any(mine_of and theirs_of for mine_of, theirs_of in zip(mine, theirs, strict=True))


@dataclass(frozen=True, slots=True)
class _Unit:
    """A word, or figures that stand together as in 6-3/16; whether the other text has it in the same place."""

    sort: str
    value: str
    is_common: bool


def exchange(aligned: Alignment, a: Words, b: Words) -> Exchange:
    """Count what stands in one text in the place of something else of its sort in the other.

    Each figure and name counts once, however often it is said. One that a paper writes otherwise is no other: Kiev for
    Kyiv, a figure in words, or with its digits parted in another way; nor is a name that one of them leaves out.
    """
    names = _names(a) | _names(b)
    units = [_units(text, common, names) for text, common in zip((a, b), aligned.common, strict=True)]
    gone: dict[str, set[str]] = {"figure": set(), "name": set()}
    come: dict[str, set[str]] = {"figure": set(), "name": set()}
    others = 0
    for slot in aligned.slots:
        mine, theirs = ([unit for unit in dict.fromkeys(of[within.start : within.stop]) if not unit.is_common]
                        for of, within in zip(units, slot, strict=True))  # fmt: skip
        others += max(sum(unit.sort == "word" for unit in side) for side in (mine, theirs))
        for sort in gone:
            old, new = ([unit.value for unit in side if unit.sort == sort] for side in (mine, theirs))
            old, new = (old, new) if _differ(sort, old, new) else ([], [])
            gone[sort].update(old)
            come[sort].update(new)
    common = [unit for unit in units[1] if unit.is_common]
    sure = a.called | b.called  # others stand at the beginning of sentences alone
    kept = {
        sort: len({unit.value for unit in common if unit.sort == sort and (sort == "figure" or unit.value in sure)})
        for sort in gone
    }
    figures, called = (min(len(gone[sort]), len(come[sort])) for sort in gone)
    return Exchange(figures, called, others, kept["figure"], kept["name"], sum(unit.sort == "word" for unit in common))


def is_filled_anew(found: Exchange) -> bool:
    """Return whether two texts are one form with other figures or names, the words around them the same."""
    if found.figures >= _FEWEST_OF_ALL and not found.figures_kept and (found.others or found.names):
        return True
    of_others = _share(found.others, found.others_kept)
    both = (found.figures + found.names, found.figures_kept + found.names_kept)
    return any(
        lost >= _FEWEST_LOST and (share := _share(lost, kept)) >= _LOST and share >= _TIMES_OTHERS * of_others
        for lost, kept in ((found.figures, found.figures_kept), (found.names, found.names_kept), both)
    )


def tells_otherwise(found: Exchange, a: Occasion, b: Occasion, *, is_form: bool) -> bool:
    """Return whether two texts that are brief, or of a form that is known, tell different things.

    A form has few figures and names; more than a slip among them is another day, another town. Of one that ``is_form``
    for certain none may be another, but for a slip that is put right under the same headline.
    """
    if _puts_right(found, a, b):
        return False
    if found.names and (found.figures or is_form):
        return True
    if found.others + found.names + found.figures >= _FEWEST_OF_ALL and _is_one_headline_filled_in(a, b):
        return True
    of_names = _share(found.names, found.names_kept)
    is_renamed = of_names >= _RENAMED and of_names >= _TIMES_OTHERS * _share(found.others, found.others_kept)
    return is_renamed or _share(found.figures, found.figures_kept) > slips(a, b, is_form=is_form)


def _puts_right(found: Exchange, a: Occasion, b: Occasion) -> bool:
    """Return whether what is otherwise is a correction: it says so, or all but one figure stayed on the same day."""
    lost, is_titled_alike = found.figures + found.names, a.headline == b.headline
    if a.corrects(b):
        return lost <= _CORRECTED and (found.figures_kept > 0 or not found.figures or is_titled_alike)
    is_slip = lost == 1 and not found.others and found.figures_kept >= _STAYED
    return is_slip and is_titled_alike and a.is_within(_SAME_DAY, b)


def _is_one_headline_filled_in(a: Occasion, b: Occasion) -> bool:
    """Return whether two titles are the same but for one word: ``Fog alert extended``, ``Ice alert extended``."""
    mine, theirs = a.headline, b.headline
    apart = [pair for pair in zip(mine, theirs, strict=False) if pair[0] != pair[1]]
    return len(mine) == len(theirs) >= _FEWEST_LOST and len(apart) == 1 and not _is_spelled_alike(*apart[0])


def _differ(sort: str, old: Sequence[str], new: Sequence[str]) -> bool:
    """Return whether figures or names stand in the place of quite other ones."""
    if not old or not new:
        return False
    if sort == "figure":
        return sorted(old) != sorted(new)
    return not any(_is_spelled_alike(a, b) for a in old for b in new)


def _is_spelled_alike(a: str, b: str) -> bool:
    return not (a in _CALENDAR and b in _CALENDAR) and SequenceMatcher(None, a, b).ratio() >= _SPELLED_ALIKE


def _units(text: Words, common: bytes, names: frozenset[str]) -> list[_Unit]:
    """Return the unit that each word of a text belongs to."""
    units: list[_Unit] = []
    start = 0
    while start < len(text):
        end = start + 1
        if text.folded[start][0].isdigit():
            while end < min(len(text), start + _FIGURE) and text.folded[end][0].isdigit():
                end += 1
        word = text.folded[start]
        sort = "figure" if word[0].isdigit() else "name" if word in names else "word"
        unit = _Unit(sort, "".join(text.folded[start:end]), all(common[start:end]))
        units += [unit] * (end - start)
        start = end
    return units


def _names(text: Words) -> frozenset[str]:
    """Return the names of a text; none of one in capitals."""
    return text.names if len(text.names) < _CAPITALS * len(set(text.folded)) else frozenset()


def _leave_to_titles(a: tuple[Occasion, Words], b: tuple[Occasion, Words]) -> bool:
    """Return whether two texts leave it to their titles whose they are: all figures and dates, or "the company"."""
    texts = a[1], b[1]
    if not all(text.names for text in texts):
        return False
    called = {word[:_STEM] for word in texts[0].called & texts[1].called}
    said = {word[:_STEM] for occasion, _ in (a, b) for word in occasion.title.folded}
    is_told = called & said or (len(called) > _DATED and not any(map(_is_of_figures, texts)))
    return not is_told


def _only_there(here: tuple[Occasion, Words], there: tuple[Occasion, Words], *, is_untold: bool) -> tuple[bool, bool]:
    """Return whether a title has names, and whether it has figures, that the other article has nowhere.

    What a title alone says, and its own text does not, counts where the text is all figures: whose dividend it is.
    Where the texts are ``is_untold``, its first word names somebody, and so does the first one that is not the other's
    as well, if both end in the same words: ``Allied Stores sets payout``, ``Allied Brands sets payout``. In prose they
    must end alike in any case: of one accident two papers have headlines of their own.
    """
    (occasion, text), (other, other_text) = here, there
    known = {word[:_STEM] for words in (other.title, other_text) for word in words.folded}
    said = [word for word in occasion.title.folded if len(word) >= _SAYING or word[0].isdigit()]
    strange = {word for word in said if word[:_STEM] not in known}
    if not strange:
        return False, False
    figures = {word for word in said if word[0].isdigit()}
    dates = {word for pair in pairwise(occasion.title.folded) if not figures.isdisjoint(pair) for word in pair}
    names = _names(text)
    if _is_of_figures(text):
        names |= occasion.names
    else:
        figures.intersection_update(text.folded)
    if is_untold and (_is_of_figures(text) or occasion.title.folded[-1:] == other.title.folded[-1:]):
        names |= {said[0], *_first_apart(occasion.title.folded, other.title.folded)}
    return bool(strange & names - dates), bool(strange & figures)


def _first_apart(mine: Sequence[str], theirs: Sequence[str]) -> Sequence[str]:
    """Return the first word of a title that is not the other's, where both begin alike and end in the same words."""
    start = next((n for n, (a, b) in enumerate(zip(mine, theirs, strict=False)) if a != b), 0)
    return mine[start : start + 1] if start and mine[-_ENDING:] == theirs[-_ENDING:] else ()


def _is_of_figures(text: Words) -> bool:
    return sum(word[0].isdigit() for word in text.folded) >= _OF_FIGURES * len(text)


def _masked(word: str) -> str:
    return "#" if word[0].isdigit() else word


def _share(lost: int, kept: int) -> float:
    return lost / (lost + kept) if lost else 0.0
