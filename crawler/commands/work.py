"""``scrapy work -s BROKER=amqps://…``: fetch and read pages for an archive on another machine.

Exit status: 0 stopped on request, 1 failed, 2 called wrongly.
"""

from __future__ import annotations

from argparse import Namespace

from scrapy.exceptions import UsageError

from crawler.command import BaseCommand


class Command(BaseCommand):
    """Long-lived; any number may run, on any machine that reaches the broker."""

    usage = "[options] -s BROKER=amqps://USER:PASSWORD@HOST/"
    summary = "Fetch and read pages for an archive host on another machine"

    def check(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002  # the base class asks about them
        """Raise UsageError where no broker is named."""
        if args:
            raise UsageError(f"scrapy work takes no argument {args[0]!r}")
        if not self.given["BROKER"]:
            raise UsageError("name the broker, as the archive host does: -s BROKER=amqps://USER:PASSWORD@HOST/")
        if self.given.getint("WORK_AT_ONCE") < 1:
            raise UsageError(f"WORK_AT_ONCE={self.given['WORK_AT_ONCE']}: expected 1 or more")

    def work(self, args: list[str], opts: Namespace) -> None:  # noqa: ARG002
        """Work until told to stop."""
        # Every command of scrapy imports this module, and few of them need a broker.
        from crawler.carrying.worker import work
        from crawler.monitoring.worker import name_sites_in_log

        self.log_to_file()
        name_sites_in_log(self.given)
        self.exitcode = work(self.given)
