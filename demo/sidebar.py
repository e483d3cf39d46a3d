"""What stands beside every page: the most read and the newest."""

from __future__ import annotations

from typing import TypedDict

from demo.clock import PRESENT, local
from demo.issue import Issue
from demo.pieces import Edition


class Sidebar(TypedDict):
    """Values for the templates that extend ``frame.html``."""

    most_read: tuple[Edition, ...]
    just_in: tuple[Edition, ...]


def sidebar(issue: Issue) -> Sidebar:
    """Both lists; a shuffle of the last forty articles, another one each day, stands for what readers like."""
    recent = issue.where(lambda edition: not edition.campaign)
    days = (issue.today - local(PRESENT).date()).days
    liked = sorted(recent[:40], key=lambda edition: (edition.id * 7919 + days * 37) % 101)
    return Sidebar(most_read=tuple(liked[:5]), just_in=recent[:6])


def readers(issue: Issue, edition: Edition) -> int:
    """The counter on an article's page, which never stands still."""
    minutes = (issue.now - edition.published).total_seconds() / 60
    return edition.id % 89 + int(minutes // 7)
