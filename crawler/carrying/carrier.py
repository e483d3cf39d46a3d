"""What carries messages: so little is asked of it that any broker can do it, and that one may lose or repeat them.

:class:`InProcess` carries within one event loop; ``rabbit.py`` between machines.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

logger = logging.getLogger(__name__)
TASKS, RESULTS = "vestnik.tasks", "vestnik.results"
"""The two queues: from the archive host to any worker, and from all workers to the archive host."""
MOST_TASKS = 1_000
"""Batches that may wait for a worker. More are not handed out: their addresses wait as well in the archive."""


class CarrierError(Exception):
    """Nobody knows whether a message was taken; the message says what happened."""


class NotTakenError(CarrierError):
    """A message was certainly not taken: too many wait, or there is no connection."""


class LaterError(Exception):
    """What a handler raises that cannot deal with a message now, for a reason that it has told already."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message, until it is done with. ``is_again``: somebody else may have had it before."""

    body: bytes
    is_again: bool = False


Handler = Callable[[Delivery], Awaitable[None]]
"""Takes a delivery. Where it returns the message is done with; where it raises, somebody gets it again."""


class Carrier(Protocol):
    """Carries messages in queues, in their order."""

    async def publish(self, queue: str, body: bytes, lifetime: float | None = None) -> None:
        """Hand a message on, and return once it is safe there. After ``lifetime`` seconds nobody gets it any more.

        Raises NotTakenError where it was not taken, and CarrierError where nobody knows.
        """

    async def consume(self, queue: str, handler: Handler, at_once: int) -> None:
        """Have a handler called with each message from now on, with ``at_once`` of them at a time."""

    async def stop_consuming(self) -> None:
        """Take no more messages; those that are being handled go on."""

    async def close(self) -> None:
        """Give back what is not done with."""


@dataclass
class _Queue:
    waiting: deque[tuple[Delivery, float]] = field(default_factory=deque)
    room: asyncio.Event = field(default_factory=asyncio.Event)


class InProcess:
    """Carries between coroutines of one process. What is under way ends with it."""

    def __init__(self, most_tasks: int = MOST_TASKS):
        self._most_tasks = most_tasks
        self._queues = {TASKS: _Queue(), RESULTS: _Queue()}
        self._handling: set[asyncio.Task[None]] = set()
        self._consuming: list[asyncio.Task[None]] = []

    async def publish(self, queue: str, body: bytes, lifetime: float | None = None) -> None:
        """See :class:`Carrier`."""
        there = self._queues[queue]
        if queue == TASKS and len(there.waiting) >= self._most_tasks:
            raise NotTakenError(f"{len(there.waiting)} messages wait in {queue}")
        ends = float("inf") if lifetime is None else asyncio.get_running_loop().time() + lifetime
        there.waiting.append((Delivery(body), ends))
        there.room.set()

    async def consume(self, queue: str, handler: Handler, at_once: int) -> None:
        """See :class:`Carrier`."""
        self._consuming.append(asyncio.ensure_future(self._consume(self._queues[queue], handler, at_once)))

    async def stop_consuming(self) -> None:
        """See :class:`Carrier`."""
        for consuming in self._consuming:
            consuming.cancel()
        self._consuming.clear()

    async def close(self) -> None:
        """See :class:`Carrier`."""
        await self.stop_consuming()
        for handling in tuple(self._handling):
            handling.cancel()

    async def _consume(self, queue: _Queue, handler: Handler, at_once: int) -> None:
        places = asyncio.Semaphore(at_once)
        while True:
            await places.acquire()
            while not queue.waiting:
                queue.room.clear()
                await queue.room.wait()
            delivery, ends = queue.waiting.popleft()
            if asyncio.get_running_loop().time() > ends:
                places.release()
                continue
            handling = asyncio.ensure_future(self._handle(queue, delivery, ends, handler))
            self._handling.add(handling)
            handling.add_done_callback(self._handling.discard)
            handling.add_done_callback(lambda _: places.release())

    async def _handle(self, queue: _Queue, delivery: Delivery, ends: float, handler: Handler) -> None:
        try:
            await handler(delivery)
        except Exception as error:
            if not isinstance(error, LaterError):
                logger.exception("a message could not be dealt with; it is delivered again")
            queue.waiting.appendleft((Delivery(delivery.body, is_again=True), ends))
            queue.room.set()
