"""Everything that waits in the outbox, sent: each target for itself, what became of it written down at once."""

from __future__ import annotations

import logging
import sqlite3
import threading
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

import apprise

from pipelines.archive.database import transaction
from pipelines.watching import alerts
from pipelines.watching.alerts import Batch, Item

logger = logging.getLogger(__name__)
_AT_ONCE = 8  # targets
_LONGEST = 500  # characters of a line
_BETWEEN = "\n\n"  # alerts
_UNBOUNDED = 1_000_000  # characters of a message to a target that is not known
_UNESCAPED = 0.75
"""The part of a message that text may fill: where a target takes markup, & and < and the marks of lines grow."""
_PATIENCE = 60.0
"""Seconds for a target to take a message. apprise bounds each wait for an answer; this bounds all of them."""


def send_due(
    db: sqlite3.Connection,
    targets: Mapping[str, str],
    send: Callable[[str, str, str], None],
    room: str,
    now: Callable[[], datetime],
) -> tuple[int, int]:
    """Send what is due. Return how many messages were taken, and how many were not.

    ``targets`` are addresses by name; ``send`` takes address, title and text, and raises SendError.
    """
    waiting = [deque(parts(batch, _capacity(targets.get(batch.target)), room)) for batch in alerts.due(db, now())]
    taken = failed = 0
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        while waiting:
            sending = [(queue, pool.submit(_sent, queue[0], targets, send, room)) for queue in waiting]
            for queue, future in sending:
                error = future.result()
                with transaction(db):  # at once: should we be killed, nothing that was taken is sent again
                    if error is None:
                        alerts.sent(db, queue.popleft(), now())
                        taken += 1
                    else:  # what stands behind it would fare no better
                        _put_off(db, queue, error, now())
                        failed += 1
                        queue.clear()
            waiting = [queue for queue in waiting if queue]
    return taken, failed


def parts(batch: Batch, capacity: int, room: str) -> Iterator[Batch]:
    """Split a batch into messages whose text has at most ``capacity`` characters, or a single alert.

    Each says how many come behind it.
    """
    spare = capacity - len(_more(len(batch.items) + batch.more))
    first, used = 0, 0
    for position, item in enumerate(batch.items):
        length = len(_alert(item, room)) + len(_BETWEEN)
        if position > first and used + length > spare:
            yield _part(batch, first, position)
            first, used = position, 0
        used += length
    yield _part(batch, first, len(batch.items))


def _part(batch: Batch, first: int, end: int) -> Batch:
    return replace(batch, items=batch.items[first:end], more=batch.more + len(batch.items) - end)


def _sent(batch: Batch, targets: Mapping[str, str], send: Callable[[str, str, str], None], room: str) -> str | None:
    """Return what went wrong; None where the target took the message."""
    if batch.target not in targets:
        return "there is no such target in the file of watches, or it is wrong there"
    try:
        send(targets[batch.target], title(batch), body(batch, room))
    except SendError as error:
        return str(error)
    return None


def _put_off(db: sqlite3.Connection, batches: Iterable[Batch], error: str, now: datetime) -> None:
    for batch in batches:
        alerts.failed(db, batch, error, now)
        logger.warning("%s: %d alerts to %s were not taken: %s", batch.watch, len(batch.items), batch.target, error)


# An alert as plain text. Pure: no markup, and no line that a headline could have made.


def title(batch: Batch) -> str:
    """``Refinery fires: 3 alerts``, or the alert itself where there is but one."""
    if len(batch.items) + batch.more == 1:
        return f"{plain(batch.watch)}: {plain(batch.items[0].message)}"[:_LONGEST]
    return f"{plain(batch.watch)}: {len(batch.items) + batch.more} alerts"


def body(batch: Batch, room: str) -> str:
    """Each alert with its paper, time and excerpt, and where to read it; ``room`` is that of the links, or empty."""
    texts = [_alert(item, room) for item in batch.items]
    if batch.more:
        texts.append(_more(batch.more))
    return _BETWEEN.join(texts)


def _alert(item: Item, room: str) -> str:
    return "\n".join(_lines(item, room.rstrip("/")))


def _more(number: int) -> str:
    return f"… and {number} more, with the next message"


def plain(text: str) -> str:
    """A text in one line, without characters that control a terminal, a mail header or the direction of writing."""
    kept = "".join(" " if unicodedata.category(mark) in ("Cc", "Cf", "Cs", "Zl", "Zp") else mark for mark in text)
    told = " ".join(kept.split())
    return told if len(told) <= _LONGEST else told[: _LONGEST - 1] + "…"


def _lines(item: Item, room: str) -> Iterator[str]:
    yield plain(item.message)
    yield " · ".join(part for part in (plain(item.paper), item.created_at) if part)
    if item.excerpt:
        yield plain(item.excerpt)
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


def ping(address: str, target: str, patience: float = _PATIENCE) -> None:
    """Send a message that only shows that alerts arrive. Raises SendError where it was not taken in time."""
    words = f"Alerts to “{target}” arrive here. This is a test that somebody asked for; nothing has happened."
    send(address, "Vestnik: a test", words, patience)


def is_known(address: str) -> bool:
    """Whether this is an address of a kind that can be sent to."""
    return _plugin(address) is not None


def _capacity(address: str | None) -> int:
    """Return how many characters of text one message to this address holds beside its title."""
    plugin = None if address is None else _plugin(address)
    return _UNBOUNDED if plugin is None else int((plugin.body_maxlen - plugin.title_maxlen) * _UNESCAPED)


def _send(address: str, title: str, body: str) -> str:
    """Why it was not taken; empty where it was."""
    plugin = _plugin(address)
    if plugin is None:
        return "not an address that can be sent to; see the list of apprise"
    with _warnings() as said:
        try:
            taken = plugin.notify(
                title=title,
                body=body,
                body_format=apprise.NotifyFormat.TEXT,
                overflow=apprise.OverflowMode.SPLIT,  # whatever its own markup adds to a text that would fit
            )
        except Exception as error:  # a plugin's own fault, of which there are 100
            return f"{type(error).__name__}: {error}".replace(address, "the target")[:300]
    if taken:
        return ""
    return said[-1].replace(address, "the target")[:300] if said else "the target did not take it"


def _plugin(address: str) -> apprise.NotifyBase | None:
    found = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    return found if isinstance(found, apprise.NotifyBase) else None


@contextmanager
def _warnings() -> Iterator[list[str]]:
    """Collect what apprise warns of in this thread alone: its own capture mixes up targets that fail side by side."""
    here, said = threading.get_ident(), list[str]()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.thread == here:
                said.extend(record.getMessage().strip().splitlines())

    handler = Handler(logging.WARNING)
    apprise.logger.addHandler(handler)
    try:
        yield said
    finally:
        apprise.logger.removeHandler(handler)
