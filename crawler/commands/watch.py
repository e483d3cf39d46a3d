"""``scrapy watch``: what is watched for, what it would have sent, a test to a target, and sending what waits.

Exit status: 0 done, 1 something could not be sent or is wrong, 2 called wrongly, 75 another one is sending.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from scrapy.exceptions import UsageError

from crawler import clock
from crawler.command import BaseCommand
from crawler.errors import SetupError
from pipelines.archive.database import open_archive, transaction
from pipelines.archive.lease import Lease
from pipelines.archive.reading import open_for_reading
from pipelines.watching import alerts
from pipelines.watching.watches import Watch, Watches, describe, load

_DO = ("list", "test", "ping", "send")
_NOT_SENT = ", {} could not be delivered and will be tried again"


class Command(BaseCommand):
    """Reads the file of watches; only ``send`` writes to the archive."""

    usage = "[options] list | test NAME | ping TARGET | send"
    summary = "List the watches, try one on the past, try a target, or send what waits"

    def add_options(self, parser: ArgumentParser) -> None:
        """Scrapy's own, then how far back a test looks."""
        super().add_options(parser)
        parser.add_argument("--days", type=int, default=7, metavar="N", help="test: days to look back (7)")

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # as the base class calls it
        """Expect one of the four."""
        what = args[0] if args else "list"
        if what not in _DO or len(args) != (2 if what in ("test", "ping") else 1 if args else 0):
            raise UsageError(
                "expected scrapy watch list, scrapy watch test NAME, scrapy watch ping TARGET or scrapy watch send"
            )

    def work(self, args: list[str], opts: Namespace) -> None:
        """List, test, ping or send."""
        what, file = (args[0] if args else "list"), Path(self.given["WATCHES"])
        watches = load(file)
        for error in watches.errors:
            self.fail(error)
        if what == "send":
            self._send(watches, file)
        elif what == "ping":
            print(_pinged(watches, args[1], file))
        elif what == "test":
            print(*_tried(self.database, _named(watches, args[1], file), opts.days), sep="\n")
        else:
            print(*_listed(watches, file), sep="\n")

    def _send(self, watches: Watches, file: Path) -> None:
        # Every command of scrapy imports this module; what knows all kinds of targets takes its time.
        from crawler.monitoring.sending import send, send_due

        lease = Lease(self.database, "this archive", "sending", clock.now())
        try:
            with closing(open_archive(self.database)) as db:
                if file.exists():  # such as a digest that was written since the last crawl
                    with transaction(db):
                        alerts.follow(db, watches.watches, complete=not watches.errors)
                room = self.given["READING_ROOM_URL"]
                taken, failed = send_due(db, watches.targets, send, room, clock.now)
        finally:
            lease.release()
        if taken or failed:
            print(
                f"{taken} {'message' if taken == 1 else 'messages'} sent" + (_NOT_SENT.format(failed) if failed else "")
            )
        if failed:
            self.exitcode = 1


def _listed(watches: Watches, file: Path) -> Iterator[str]:
    from crawler.monitoring.sending import is_known

    if not watches.watches:
        yield f"{file} has no valid watch; README.md shows how to write one"
    for watch in watches.watches:
        yield f"{watch.name}: {describe(watch)} → {', '.join(watch.targets)}"
    for name, address in watches.targets.items():
        if not is_known(address):
            yield f"targets.{name}: nothing can be sent to such an address; see the list of apprise"


def _named(watches: Watches, name: str, file: Path) -> Watch:
    for watch in watches.watches:
        if watch.name == name:
            return watch
    known = ", ".join(repr(watch.name) for watch in watches.watches) or "none"
    raise SetupError(f"{file} has no watch named {name!r}; there are: {known}")


def _pinged(watches: Watches, name: str, file: Path) -> str:
    from crawler.monitoring.sending import SendError, ping

    if name not in watches.targets:
        known = ", ".join(map(repr, watches.targets)) or "none"
        raise SetupError(f"{file} has no target named {name!r} that can be used; there are: {known}")
    try:
        ping(watches.targets[name], name)
    except SendError as error:
        raise SetupError(f"{name} did not take the test: {error}") from error
    return f"{name} took the test"


def _tried(database: Path, watch: Watch, days: int) -> Iterator[str]:
    since = clock.now() - timedelta(days=days)
    with closing(open_for_reading(database)) as db:
        past = alerts.past(db, watch, since)
    yield f"{watch.name}: {describe(watch)}"
    for item in past:
        yield f"{item.created_at}  {item.paper} · {item.message}"
        yield from (f"{'':22}{line}" for line in (" ".join(item.excerpt.split()), item.url) if line)
    yield f"{len(past)} alerts in the last {days} days, to {', '.join(watch.targets)}; nothing was sent"
