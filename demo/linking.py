"""How the paper writes its links: as its editors pasted them, not as they ought to be."""

from __future__ import annotations

from urllib.parse import urljoin

from demo.blocks import Related
from demo.issue import Issue
from demo.pieces import Edition, Gone, Piece


def inline_href(issue: Issue, writer: Edition, href: str) -> str:
    """The href of a link in a paragraph: a number becomes the address its article had when this one was written."""
    if not href.isdigit():
        return href
    piece = next(piece for piece in issue.pieces if piece.id == int(href))
    return issue.url(_then(piece, writer).path)


def absolute(issue: Issue, href: str) -> str:
    """An href against the page's base, which is the paper's root."""
    return urljoin(f"{issue.origin}/", href)


def target(issue: Issue, box: Related) -> Edition | Gone | None:
    """The article that a box names."""
    return issue.by_id(box.target)


def box_href(issue: Issue, box: Related) -> str:
    """The href of a related box.

    ``today`` is the layout's habit: the day of rendering and the bare slug. ``dated`` is the bare slug on its own
    day, ``exact`` the address itself.
    """
    state = target(issue, box)
    if state is None:
        raise ValueError(f"a box names article {box.target}, which is not published at {issue.now}")
    edition = state.last if isinstance(state, Gone) else state
    if box.form == "exact" or edition.archive or edition.campaign:
        return issue.url(edition.path)
    day = edition.day if box.form == "dated" else issue.today
    return issue.url(f"{day:%Y/%m/%d}/{edition.slug}")


def _then(piece: Piece, writer: Edition) -> Edition:
    past = piece.editions(writer.published)
    return past[-1] if past else piece.editions(piece.history[0][0])[0]
