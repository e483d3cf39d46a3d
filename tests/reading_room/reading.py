"""What a reader gets from the reading room: a page, the words on it, rows in JSON."""

from __future__ import annotations

import html
import re
from typing import Any

from datasette.app import Datasette


async def page(room: Datasette, path: str) -> str:
    """A page as markup."""
    answer = await room.client.get(path)
    assert answer.status_code == 200, answer.text
    return str(answer.text)


def words(markup: str) -> str:
    """What a reader sees, one space between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


async def rows(room: Datasette, path: str) -> Any:
    """What a page of the reading room answers in JSON."""
    answer = await room.client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()
