"""What is looked at to say what becomes of the blocks of a page, and what is said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from crawler.extraction.boxes import Box
from crawler.extraction.bylines import people
from crawler.extraction.page import Page
from crawler.extraction.survey import Block, Node, Survey
from crawler.extraction.thresholds import (
    CORE,
)
from crawler.extraction.witnesses import headline_of
from crawler.extraction.words import essence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a block: ``reason`` says why it goes; of what stays ``kind`` is that of the archive's blocks.

    ``text`` replaces the block's own: a table is written at its first cell.
    """

    reason: str | None = None
    kind: str | None = None
    at: datetime | None = None
    text: str | None = None


Verdicts = Mapping[int, Verdict]
TEXT = Verdict()


@dataclass(frozen=True)
class Case:
    """What the passes look at: the page, the boxes its blocks stand in, and the blocks that a witness chose."""

    page: Page
    boxed: Mapping[int, Box]
    chosen: frozenset[int]
    head: Sequence[str]
    said: Sequence[str]
    """What the page describes itself with."""
    standfirst: str | None
    is_unheard: bool
    """Whether no witness but the densest part was heard, which knows nothing of lines before it."""
    byline: str | None
    posts: Mapping[int, datetime | None]
    """The first blocks of the posts of a live blog, with their times."""

    @property
    def survey(self) -> Survey:
        """What stands on the page."""
        return self.page.survey

    @cached_property
    def core(self) -> Node:
        """The text's own column: the smallest element that holds most of the chosen words."""
        blocks = [self.survey.blocks[number] for number in self.chosen]
        weights: dict[Node, int] = {}
        for block in blocks:
            for node in (block.node, *block.node.ancestors()):
                weights[node] = weights.get(node, 0) + len(block.text)
        total = sum(len(block.text) for block in blocks)
        holding = (node for node, weight in weights.items() if weight >= CORE * total)
        return max(holding, key=lambda node: node.number, default=self.survey.root)

    @cached_property
    def authors(self) -> frozenset[str]:
        """The names of its authors, for machines and over the text, in letters alone; one word may be anything."""
        said = [*self.page.said("author"), *self.page.document.metas.get("author", ()), self.byline or ""]
        return frozenset(essence(name) for name in people(said) if " " in name)

    @cached_property
    def headline(self) -> int | None:
        """The number of the block behind the headline; None where nothing on the page says its title."""
        titles = {essence(text) for text in self.head} - {""}
        node = headline_of(self.survey, titles)
        if node is not None:
            return node.last
        said = (one.number + 1 for one in self.survey.blocks if one.unseen is None and essence(one.text) in titles)
        return next(said, None)

    @cached_property
    def own_headline(self) -> Node | None:
        """The heading on the page that says its title; None where no heading does."""
        titles = {essence(text) for text in self.head} - {""}
        node = headline_of(self.survey, titles)
        return node if node is not None and essence(self.survey.text(node)) in titles else None

    @cached_property
    def names(self) -> frozenset[str]:
        """What the page calls the elements around chosen paragraphs."""
        blocks = (self.survey.blocks[number] for number in self.chosen)
        return frozenset(
            node.hint for block in blocks if block.is_prose for node in (block.node, *block.node.ancestors())
        )

    @cached_property
    def range(self) -> range:
        """From the first to the last chosen block."""
        return range(min(self.chosen), max(self.chosen) + 1) if self.chosen else range(0)

    def text(self, verdicts: Verdicts) -> list[int]:
        """The numbers of the blocks that are text so far."""
        return sorted(number for number, one in verdicts.items() if one.reason is None)


def in_figure(block: Block) -> bool:
    """Whether a block stands in a figure."""
    return any(one.tag in ("figure", "figcaption") for one in (block.node, *block.node.ancestors()))


def is_caption(case: Case, block: Block) -> bool:
    """Whether a block is the words under a picture."""
    box = case.boxed.get(block.number)
    return (box is not None and box.reason == "caption") or (box is None and in_figure(block))
