"""Everything that waits in the outbox, sent: each target for itself, what became of it written down at once."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from crawler.alerting.message import body, title
from crawler.alerting.targets import SendError
from pipelines.archive import outbox
from pipelines.archive.database import transaction
from pipelines.archive.outbox import Batch

logger = logging.getLogger(__name__)
_AT_ONCE = 8  # targets


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
    batches = outbox.due(db, now())
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
        outbox.sent(db, batch, now)
    else:
        outbox.failed(db, batch, error, now)
        logger.warning("%s: %d alerts to %s were not taken: %s", batch.watch, len(batch.items), batch.target, error)
