"""robots.txt as RFC 9309 wants it: where it cannot be had, nothing else is asked for.

Scrapy's own middleware then allows everything, and reads the page of a server error as if it were rules.
"""

from __future__ import annotations

import asyncio
import re
from codecs import BOM_UTF8
from enum import Enum, auto
from math import inf
from time import monotonic
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK
from scrapy.robotstxt import RobotParser
from scrapy.spidermiddlewares.httperror import HttpError
from scrapy.utils.misc import build_from_crawler, load_object

from crawler.middlewares.retry_after import HostHeldError
from pipelines.context import context_of

LARGEST = 500 * 1024
"""Bytes that are read (RFC 9309, 2.5)."""
LONGEST_DELAY = 60.0
"""Seconds of Crawl-delay that are honoured: some papers ask for hours, and could not be monitored."""
_KEPT = 3_600.0  # seconds
_AGENT = re.compile(rb"(?i)^\s*user[- ]?agent(?:\s*:|\s)(.*)")
_SITE_WIDE = re.compile(rb"(?i)^\s*(?:site-?maps?|host)(?:\s*:|\s)")
_RULE = re.compile(rb"(?i)^\s*(?:allow|disallow|crawl[- ]delay|request[- ]rate|visit[- ]time)\s")


class RobotsUnavailableError(IgnoreRequest):
    """The host's robots.txt could not be fetched, so that nothing else was asked of it; ``cause`` is why."""

    def __init__(self, cause: Exception):
        super().__init__("robots.txt could not be fetched")
        self.cause = cause


class Meaning(Enum):
    """What an answer to the question for robots.txt means."""

    RULES = auto()
    OPEN = auto()
    CLOSED = auto()


class RobotsMiddleware(RobotsTxtMiddleware):
    """Asks each origin once an hour at most, and keeps every other request to it waiting for the answer."""

    def __init__(self, crawler: Crawler):
        super().__init__(crawler)
        self.ledger = context_of(crawler).ledger
        settings = crawler.settings
        self.agent: str = settings["ROBOTSTXT_USER_AGENT"] or settings["USER_AGENT"]
        self._parser: type[RobotParser] = load_object(settings["ROBOTSTXT_PARSER"])
        self._replays = bool(settings.get("REPLAY_WARC"))
        self._answers: dict[str, tuple[float, asyncio.Future[RobotParser | Exception | None]]] = {}

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules for a request; None when all is allowed. Raises RobotsUnavailableError."""
        parts = urlsplit(request.url)
        origin = f"{parts.scheme}://{parts.netloc}"
        asked_at, answer = self._answers.get(origin, (-inf, None))
        if answer is None or monotonic() - asked_at > _KEPT:
            answer = asyncio.ensure_future(self._ask(origin))
            self._answers[origin] = monotonic(), answer
        rules = await asyncio.shield(answer)
        if isinstance(rules, HostHeldError):  # which says nothing of what comes after the pause
            self._answers.pop(origin, None)
        if isinstance(rules, Exception):
            raise RobotsUnavailableError(rules)
        return rules

    async def fetch(self, origin: str) -> Response:
        """Return what an origin answers to the question for its robots.txt."""
        asked = Request(
            f"{origin}/robots.txt",
            priority=self.DOWNLOAD_PRIORITY,
            meta={"dont_obey_robotstxt": True},
            callback=NO_CALLBACK,
        )
        self.crawler.stats.inc_value("robotstxt/request_count")
        return await self.crawler.engine.download_async(asked)

    async def _ask(self, origin: str) -> RobotParser | Exception | None:
        """Return the rules, None for none, or what keeps them from us. A replay has nobody to be polite to."""
        try:
            answer = await self.fetch(origin)
        except Exception as error:  # whatever it is, there are no rules
            too_far = "max redirections" in str(error)  # RFC 9309, 2.3.1.2: as if there were none
            return None if too_far or self._replays else error
        meaning = meaning_of(answer.status)
        if meaning is Meaning.CLOSED and not self._replays:
            return HttpError(answer, "robots.txt")
        parser = None
        if meaning is Meaning.RULES:
            parser = build_from_crawler(self._parser, self.crawler, rules_for(self.agent, answer.body))
        if not self._replays:
            await self._slow_down(urlsplit(origin).hostname or "", parser)
        return parser

    async def _slow_down(self, host: str, parser: RobotParser | None) -> None:
        wish = parser.crawl_delay(self.agent) if parser else None
        seconds = min(wish or 0.0, LONGEST_DELAY)
        if self.ledger.pace(host).crawl_delay != seconds:
            await self.ledger.slow_down(host, seconds)


def meaning_of(status: int) -> Meaning:
    """Return what RFC 9309, 2.3.1 says: found, absent or out of order. Too many requests is out of order, too."""
    if status in range(200, 300):
        return Meaning.RULES
    return Meaning.CLOSED if status >= 500 or status == 429 else Meaning.OPEN


def rules_for(agent: str, body: bytes) -> bytes:
    """Return what a robots.txt says to one agent, and its sitemaps; of a long file what its first half megabyte says.

    Protego keeps each rule for each name above it: a file of many names over many rules would fill the memory.
    """
    lines = bounded(body).removeprefix(BOM_UTF8).splitlines()
    named = [name for line in lines if (match := _AGENT.match(line)) for name in _names(match[1])]
    ours = max(named, key=lambda name: _likeness(name, agent.lower()), default=b"*")
    kept: list[bytes] = []
    is_ours = is_in_rules = False
    for line in lines:
        if match := _AGENT.match(line):
            is_ours = ours in _names(match[1]) or (is_ours and not is_in_rules)
            is_in_rules = False
        elif _SITE_WIDE.match(line):
            kept.append(line)
        elif b":" in line or _RULE.match(line):
            if is_ours:
                kept += [line] if is_in_rules else [b"User-agent: " + ours, line]
            is_in_rules = True
    return b"\n".join(kept)


def _names(written: bytes) -> tuple[bytes, ...]:
    """The agents that a line names: Protego takes a star in a name for a mistake."""
    name = written.partition(b"#")[0].strip().lower()
    return (name,) if name == b"*" or b"*" not in name else (name, name.replace(b"*", b""))


def _likeness(name: bytes, agent: str) -> int:
    """How well a name in the file fits the agent: as Protego has it, so that the same group is chosen."""
    word = name.decode("utf-8", "replace")
    if word in ("", "*"):
        return len(word)
    at = agent.find(word)
    while at > 0 and (agent[at - 1].isalnum() or agent[at - 1] in "-_"):  # in the middle of a name
        at = agent.find(word, at + 1)
    return len(word) if at >= 0 else 0


def bounded(body: bytes) -> bytes:
    """Return the first half megabyte, in whole lines: half a rule would be another one."""
    return body if len(body) <= LARGEST else body[:LARGEST].rpartition(b"\n")[0]
