"""What an article's body is made of: one frozen value for each type of block that the layout knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Run:
    """Words of a paragraph. ``href`` is an article's number, an address below the paper's root, or a whole one."""

    text: str
    href: str | None = None
    italic: bool = False


Paragraph = tuple[Run, ...]


def words(paragraph: Paragraph) -> str:
    """The paragraph as plain text."""
    return "".join(run.text for run in paragraph)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image by its file name; caption and credit may be missing, as on real pages."""

    file: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One post of a live blog; pages leave posts out, ``live/ID`` serves them."""

    at: datetime
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class Html:
    """Plain paragraphs."""

    type: ClassVar[str] = "html"
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """A heading inside the text."""

    type: ClassVar[str] = "header"
    text: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A pulled quotation and whose it is."""

    type: ClassVar[str] = "quote"
    text: str
    cite: str


@dataclass(frozen=True, slots=True)
class Aside:
    """A boxed remark that belongs to the text."""

    type: ClassVar[str] = "aside"
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class Related:
    """A box that names another article. ``form`` is how its link is written: see ``linking.box_href``."""

    type: ClassVar[str] = "article"
    target: int
    form: str


@dataclass(frozen=True, slots=True)
class Images:
    """One picture, or several as a slider."""

    pictures: tuple[Picture, ...]

    @property
    def type(self) -> str:
        """``image`` or ``images``."""
        return "image" if len(self.pictures) == 1 else "images"


@dataclass(frozen=True, slots=True)
class Embed:
    """Something from elsewhere: ``ref`` is its identifier there, ``text`` the words some services repeat."""

    type: ClassVar[str] = "embed"
    service: str
    ref: str
    text: str


@dataclass(frozen=True, slots=True)
class LinkBox:
    """A boxed link to another site."""

    type: ClassVar[str] = "link"
    href: str
    title: str


@dataclass(frozen=True, slots=True)
class Newsletter:
    """A form to sign up with, which asks for the reader's country."""

    type: ClassVar[str] = "newsletter"


Block = Html | Header | Quote | Aside | Related | Images | Embed | LinkBox | Newsletter
