"""Everything that waits in the outbox, sent: each target for itself, what became of it written down at once."""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import apprise

from pipelines.archive.database import transaction
from pipelines.watching import alerts
from pipelines.watching.alerts import Batch, Item
from pipelines.watching.watches import WatchError, Watches, read_watches

logger = logging.getLogger(__name__)
_AT_ONCE = 8  # targets
_LONGEST = 500  # characters of a line
_PATIENCE = 60.0
"""Seconds for a target to take a message. apprise bounds each wait for an answer; this bounds all of them."""


def send_due(
    db: sqlite3.Connection,
    targets: Mapping[str, str],
    send: Callable[[str, str, str], None],
    room: str,
    now: Callable[[], datetime],
) -> tuple[int, int]:
    """Send what is due. Gives how many messages were taken, and how many were not.

    ``targets`` are addresses by name; ``send`` takes address, title and text, and raises SendError.
    """
    batches = alerts.due(db, now())
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        waiting = [(batch, pool.submit(_sent, batch, targets, send, room)) for batch in batches]
        errors = []
        for batch, future in waiting:
            error = future.result()
            with transaction(db):  # at once: should we be killed, nothing that was taken is sent again
                _write(db, batch, error, now())
            errors.append(error)
    failed = sum(error is not None for error in errors)
    return len(errors) - failed, failed


def _sent(batch: Batch, targets: Mapping[str, str], send: Callable[[str, str, str], None], room: str) -> str | None:
    """What went wrong; None where the target took the message."""
    if batch.target not in targets:
        return "there is no such target in the file of watches, or it is wrong there"
    try:
        send(targets[batch.target], title(batch), body(batch, room))
    except SendError as error:
        return str(error)
    return None


def _write(db: sqlite3.Connection, batch: Batch, error: str | None, now: datetime) -> None:
    if error is None:
        alerts.sent(db, batch, now)
    else:
        alerts.failed(db, batch, error, now)
        logger.warning("%s: %d alerts to %s were not taken: %s", batch.watch, len(batch.items), batch.target, error)


# An alert as plain text. Pure: no markup, and no line that a headline could have made.


def title(batch: Batch) -> str:
    """``Refinery fires: 3 alerts``, or the alert itself where there is but one."""
    if len(batch.items) + batch.more == 1:
        return f"{plain(batch.watch)}: {plain(batch.items[0].message)}"[:_LONGEST]
    return f"{plain(batch.watch)}: {len(batch.items) + batch.more} alerts"


def body(batch: Batch, room: str) -> str:
    """Each alert with its site, its time and where to read it; ``room`` is the reading room's address, or empty."""
    parts = ["\n".join(_lines(item, room.rstrip("/"))) for item in batch.items]
    if batch.more:
        parts.append(f"… and {batch.more} more, with the next message")
    return "\n\n".join(parts)


def plain(text: str) -> str:
    """A text in one line, without characters that control a terminal, a mail header or the direction of writing."""
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") else mark for mark in text)
    told = " ".join(kept.split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _lines(item: Item, room: str) -> Iterator[str]:
    yield plain(item.message)
    yield " · ".join(part for part in (plain(item.site), item.created_at) if part)
    if item.url:
        yield plain(item.url)
    if room and item.article_id is not None:
        yield f"{room}/news/articles/{item.article_id}"


# One message to one target, whatever it is: mail, chat, push, a webhook. apprise knows how.


class SendError(Exception):
    """The target has not taken the message; the text says why, as far as it is known, without its address."""


def send(address: str, title: str, body: str, patience: float = _PATIENCE) -> None:
    """Send a message. Raises SendError where it was not taken in time.

    What is still on its way after that may arrive yet, and then once more: at least once, not at most once.
    """
    outcome: list[str] = []
    thread = threading.Thread(target=lambda: outcome.append(_send(address, title, body)), daemon=True)
    thread.start()
    thread.join(patience)
    if not outcome:
        raise SendError(f"no answer within {patience:.0f} s")
    if outcome[0]:
        raise SendError(outcome[0])


def is_known(address: str) -> bool:
    """Whether this is an address of a kind that can be sent to."""
    return apprise.Apprise.instantiate(address, suppress_exceptions=True) is not None


def _send(address: str, title: str, body: str) -> str:
    """Why it was not taken; empty where it was."""
    target = apprise.Apprise()
    if not target.add(address):
        return "not an address that can be sent to; see the list of apprise"
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]  # apprise types most of its calls
        taken = target.notify(title=title, body=body, body_format=apprise.NotifyFormat.TEXT)
        why = said.getvalue().strip().splitlines()
    if taken:
        return ""
    return why[-1].replace(address, "the target")[:300] if why else "the target did not take it"


# Reading ``watches.toml`` where it is.


def load(path: Path) -> Watches:
    """The watches of a file; none where there is no such file. Raises WatchError where it cannot be read at all."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return Watches()
    except (OSError, UnicodeDecodeError) as error:
        raise WatchError(f"{path}: cannot be read: {error}") from None
    return read_watches(text, path.name, os.environ)
