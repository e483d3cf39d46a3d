"""What stands beside every page: the most read and the newest."""

from __future__ import annotations

from typing import TypedDict

from demo.issue import Issue
from demo.pieces import Edition


class Sidebar(TypedDict):
    """Values for the templates that extend ``frame.html``."""

    most_read: tuple[Edition, ...]
    just_in: tuple[Edition, ...]


def sidebar(issue: Issue) -> Sidebar:
    """Both lists; a fixed shuffle of the last forty articles stands for what readers like."""
    recent = issue.where(lambda edition: not edition.campaign)
    liked = sorted(recent[:40], key=lambda edition: edition.id * 7919 % 101)
    return Sidebar(most_read=tuple(liked[:5]), just_in=recent[:6])
