"""No words of an article vanish: ``python -m benchmarks.conservation DIR [--half a|b] [--twins N] [--seed N]``.

DIR holds recorded pages as for ``benchmarks.extraction``. Each page, and ``N`` damaged twins of it, is extracted; then
every block between the first and the last paragraph of the text is looked for by its letters in the text and in what
was dropped. Damage is what the web does to pages: classes that say nothing, end tags that are lost, tags that close in
the wrong order, a page cut short, bytes turned over. Exit status 1 where a block is lost or extraction raises.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.extraction import Case, case_lines, extracted, read_cases
from crawler.article import Article
from crawler.extraction.document import read
from crawler.extraction.survey import Block
from crawler.extraction.walk import survey
from crawler.extraction.words import dense
from crawler.profiles import load_profiles
from crawler.site import Sites

_COUNTED = frozenset({"more", "text too long", "page too large"})
"""Reasons of rows that count what is beyond the bounds."""
_CLASS = re.compile(rb"""\sclass=(?:"[^"]*"|'[^']*')""")
_END_TAG = re.compile(rb"</(?:p|div|section|article|li|ul|nav|aside|span|a)>")
_SHORTEST = 12
"""Letters of a block that is looked for: less stands in any text."""


@dataclass
class Count:
    """What became of the blocks of many pages."""

    pages: int = 0
    blocks: int = 0
    text: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    beyond: int = 0
    lost: int = 0
    raised: int = 0
    slowest: tuple[float, str] = (0.0, "")


def blanked(page: bytes, dice: random.Random) -> bytes:
    """A page of which most classes are empty."""
    return _CLASS.sub(lambda match: b" class=' '" if dice.random() < 0.8 else match.group(), page)


def unclosed(page: bytes, dice: random.Random) -> bytes:
    """A page that has lost some of its end tags."""
    return _END_TAG.sub(lambda match: b"" if dice.random() < 0.03 else match.group(), page)


def misnested(page: bytes, dice: random.Random) -> bytes:
    """A page on which some end tags close another element than the last one opened."""
    others = (b"</div>", b"</p>", b"</b>", b"</section>", b"</a>")
    return _END_TAG.sub(lambda match: dice.choice(others) if dice.random() < 0.02 else match.group(), page)


def cut(page: bytes, dice: random.Random) -> bytes:
    """The beginning of a page."""
    return page[: dice.randrange(len(page) // 3, len(page))] if len(page) > 3 else page


def flipped(page: bytes, dice: random.Random) -> bytes:
    """A page with some bytes turned over."""
    damaged = bytearray(page)
    for _ in range(dice.randint(1, 60)):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (blanked, unclosed, misnested, cut, flipped)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; gives its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.conservation", description="Look for lost words.")
    parser.add_argument("folder", type=Path, metavar="DIR", help="cases.jsonl and pages")
    parser.add_argument("--half", choices="ab", help="only every other paper by name")
    parser.add_argument("--twins", type=int, default=len(DAMAGES), metavar="N", help="damaged twins of each page")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="of the damage")
    chosen = parser.parse_args(arguments)
    if not (chosen.folder / "cases.jsonl").is_file():
        print(f"{chosen.folder}: no cases.jsonl there; expected a folder of recorded pages", file=sys.stderr)
        return 1
    pages = read_cases(chosen.folder, case_lines(chosen.folder, chosen.half))
    count = counted(with_twins(pages, chosen.twins, random.Random(chosen.seed)), load_profiles().sites)  # noqa: S311
    print("\n".join(printed(count)))
    return 1 if count.lost or count.raised else 0


def with_twins(pages: Iterable[Case], twins: int, dice: random.Random) -> Iterator[Case]:
    """Each page and its damaged twins, one damage after another."""
    for case in pages:
        yield case
        for number in range(twins):
            damage = DAMAGES[number % len(DAMAGES)]
            yield Case(f"{case.file} {damage.__name__}", case.url, case.fetched_at, damage(case.html, dice))


def counted(cases: Iterable[Case], sites: Sites) -> Count:
    """Extract each page and look for its blocks."""
    count = Count()
    for case in cases:
        count.pages += 1
        started = time.process_time()
        try:
            article = extracted(case, sites)
        except Exception as error:
            count.raised += 1
            print(f"{case.file}: raised {error!r}")
            continue
        count.slowest = max(count.slowest, (time.process_time() - started, case.file))
        account(case, article, count)
    return count


def account(case: Case, article: Article, count: Count) -> None:
    """Look for every block of the article's range in its text and in what was dropped."""
    text = "\n".join(map(dense, article.paragraphs))
    rows = [(row.reason, dense(row.text)) for row in article.dropped]
    is_bounded = any(reason in _COUNTED for reason, _ in rows)
    head = dense(" ".join([article.title, article.standfirst or "", article.byline or "", article.image_caption or ""]))
    for block in in_range(case, text):
        count.blocks += 1
        letters = block.letters
        reason = next((why for why, words in rows if letters in words), None)
        if letters in text or _is_of_cells(letters, text):
            count.text += 1
        elif reason is not None:
            count.dropped[reason] += 1
        elif is_bounded:
            count.beyond += 1
        elif letters not in head:
            count.lost += 1
            print(f"{case.file}: lost {block.text[:100]!r}")


def in_range(case: Case, text: str) -> Iterator[Block]:
    """The blocks between the first and the last that stand in the text, those too short to be found left out."""
    page = read(case.html, case.url)
    blocks = [one for one in survey(page.root, page.by_tag["style"]).blocks if len(one.letters) >= _SHORTEST]
    found = [number for number, one in enumerate(blocks) if len(one.letters) >= 2 * _SHORTEST and one.letters in text]
    # Words that stand elsewhere on the page, too, such as a title in a list, are no ends of the text.
    once = Counter(one.letters for one in blocks)
    sure = [number for number in found if once[blocks[number].letters] == 1 and blocks[number].is_prose]
    return iter(blocks[sure[0] : sure[-1] + 1] if sure else ())


def _is_of_cells(letters: str, text: str) -> bool:
    """Whether a block is a cell that holds a list, which a table writes as one."""
    return (
        len(letters) > 2 * _SHORTEST and letters[: len(letters) // 2] in text and letters[len(letters) // 2 :] in text
    )


def printed(count: Count) -> Iterator[str]:
    """What is printed."""
    dropped = ", ".join(f"{reason} {number}" for reason, number in count.dropped.most_common())
    yield f"pages        {count.pages}, of which damaged twins stand beside each real one"
    yield f"blocks       {count.blocks} within the articles' range"
    yield f"text         {count.text}"
    yield f"dropped      {sum(count.dropped.values())}: {dropped}"
    yield f"over bound   {count.beyond}"
    yield f"lost         {count.lost}"
    yield f"exceptions   {count.raised}"
    yield f"slowest page {count.slowest[0]:.2f} s of CPU: {count.slowest[1]}"


if __name__ == "__main__":
    sys.exit(main())
