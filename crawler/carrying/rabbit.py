"""Carrying by RabbitMQ: queues that survive a restart, publishing that is confirmed, a connection that comes back.

Two exchanges and two queues of the same names: ``vestnik.tasks`` and ``vestnik.results``. The archive host makes them;
a worker's account may do no more than read the one and write to the other, see docs/many-machines.md.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import (
    AMQPError,
    AuthenticationError,
    DeliveryError,
    ProbableAuthenticationError,
    PublishError,
)
from yarl import URL

from crawler.carrying.carrier import (
    MOST_TASKS,
    RESULTS,
    TASKS,
    CarrierError,
    Delivery,
    Handler,
    LaterError,
    NotTakenError,
)
from crawler.errors import SetupError

logger = logging.getLogger(__name__)
logging.getLogger("aiormq.connection").setLevel(logging.CRITICAL)  # what is lost or refused is told here, in a line
HEARTBEAT = 15
"""Seconds: each side notices within three of these that the other is gone, though nobody closed the connection."""
_CONNECTING = 20.0  # seconds for one try
_CONFIRMED = 15.0  # seconds in which the broker says that it has a message
_PAUSES = (0.2, 1.0, 5.0)  # seconds before it is tried again to connect; the last one over and over
_TROUBLE = (AMQPError, OSError, asyncio.TimeoutError, RuntimeError)
_UNKNOWN = (AuthenticationError, ProbableAuthenticationError)
_QUORUM = {"x-queue-type": "quorum"}
_QUEUES: dict[str, dict[str, Any]] = {
    # What is refused is known at once, where a full queue would push out what was handed out before.
    TASKS: {**_QUORUM, "x-max-length": MOST_TASKS, "x-overflow": "reject-publish"},
    # No more can come than is handed out, and that is one batch a host group.
    RESULTS: _QUORUM,
}


@dataclass(frozen=True, slots=True)
class _Consumer:
    queue: str
    handler: Handler
    at_once: int


@dataclass
class _Session:
    """One connection, from its beginning to its end."""

    connection: AbstractConnection
    publishing: AbstractChannel
    exchanges: dict[str, AbstractExchange]
    consuming: list[tuple[AbstractQueue, str]] = field(default_factory=list)
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Rabbit:
    """A carrier that connects again, as long as it is open, whatever happens to the broker or the network."""

    def __init__(self, url: str, *, makes_queues: bool):
        """``url``: ``amqp://USER:PASSWORD@HOST[:PORT][/VHOST]``, or ``amqps://`` with ``?cafile=…`` for TLS."""
        self._url = _checked(url)
        self._makes_queues = makes_queues
        self._consumers: list[_Consumer] = []
        self._session: _Session | None = None
        self._connected = asyncio.Event()
        self._handling: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None

    @property
    def place(self) -> str:
        """Return where the broker is, without a password."""
        return f"{self._url.scheme}://{self._url.host}:{self._url.port or ''}".rstrip(":")

    async def open(self, patience: float) -> None:
        """Connect for the first time. Raises SetupError where that cannot be within ``patience`` seconds."""
        self._keeping = asyncio.ensure_future(self._keep())
        connected = asyncio.ensure_future(self._connected.wait())
        await asyncio.wait((connected, self._keeping), timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        connected.cancel()
        if self._keeping.done():
            self._keeping.result()  # raises
        if not self._connected.is_set():
            await self.close()
            raise SetupError(f"BROKER={self.place}: nobody answers there; start RabbitMQ, or name another broker")

    async def publish(self, queue: str, body: bytes, lifetime: float | None = None) -> None:
        """See :class:`~crawler.carrying.carrier.Carrier`."""
        session = self._session
        if session is None:
            raise NotTakenError("there is no connection to the broker")
        message = aio_pika.Message(
            body,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            expiration=lifetime,
        )
        try:
            # Its own time-out is for sending: a queue that is just coming up again may never confirm.
            await asyncio.wait_for(session.exchanges[queue].publish(message, queue), _CONFIRMED)
        except PublishError as error:
            raise NotTakenError(f"the broker has no queue {queue}") from error
        except DeliveryError as error:
            raise NotTakenError(f"the broker takes no more into {queue}") from error
        except _TROUBLE as error:
            session.ended.set()  # whether it was taken nobody knows, nor what comes next on this connection
            raise CarrierError(f"the broker did not confirm a message: {_told(error)}") from error

    async def consume(self, queue: str, handler: Handler, at_once: int) -> None:
        """See :class:`~crawler.carrying.carrier.Carrier`."""
        consumer = _Consumer(queue, handler, at_once)
        self._consumers.append(consumer)
        if (session := self._session) is not None:
            try:
                await self._begin_consuming(session, consumer)
            except _TROUBLE as error:
                logger.warning("%s: %s", self.place, _told(error))
                session.ended.set()

    async def stop_consuming(self) -> None:
        """See :class:`~crawler.carrying.carrier.Carrier`."""
        self._consumers.clear()
        if (session := self._session) is not None:
            try:
                for queue, tag in session.consuming:
                    await queue.cancel(tag)
            except _TROUBLE as error:
                logger.debug("not stopped in order: %s", _told(error))

    async def close(self) -> None:
        """See :class:`~crawler.carrying.carrier.Carrier`."""
        while self._keeping is not None and not self._keeping.done():
            self._keeping.cancel()  # which may be lost while a connection is made
            await asyncio.wait((self._keeping,), timeout=_PAUSES[1])
        for handling in tuple(self._handling):
            handling.cancel()
        if self._handling:
            await asyncio.wait(self._handling)

    async def _keep(self) -> None:
        """Be connected, again and again. Raises SetupError where the broker does not know us from the beginning."""
        tries = 0
        while True:
            try:
                session = await self._connect()
            except _TROUBLE as error:
                if isinstance(error, _UNKNOWN) and not self._connected.is_set():
                    raise SetupError(f"BROKER={self.place}: the broker does not know this user and password") from None
                level = logging.WARNING if tries == 0 else logging.DEBUG
                logger.log(level, "%s: %s; tried again", self.place, _told(error))
                await asyncio.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
                tries += 1
                continue
            tries = 0
            self._session = session
            self._connected.set()
            logger.info("connected to %s", self.place)
            try:
                await session.ended.wait()
                logger.warning("%s: the connection is lost", self.place)
            finally:
                self._session = None
                await _close(session.connection)

    async def _connect(self) -> _Session:
        connection = await asyncio.wait_for(aio_pika.connect(self._url, timeout=_CONNECTING), _CONNECTING)
        try:
            publishing = await connection.channel(publisher_confirms=True, on_return_raises=True)
            exchanges = {queue: await self._exchange(publishing, queue) for queue in _QUEUES}
            session = _Session(connection, publishing, exchanges)
            connection.close_callbacks.add(_setting(session.ended))
            publishing.close_callbacks.add(_setting(session.ended))
            for consumer in self._consumers:
                await self._begin_consuming(session, consumer)
        except BaseException:
            await _close(connection)
            raise
        return session

    async def _exchange(self, channel: AbstractChannel, queue: str) -> AbstractExchange:
        if not self._makes_queues:
            return await channel.get_exchange(queue, ensure=False)
        exchange = await channel.declare_exchange(queue, aio_pika.ExchangeType.DIRECT, durable=True)
        declared = await channel.declare_queue(queue, durable=True, arguments=_QUEUES[queue])
        await declared.bind(exchange, queue)
        return exchange

    async def _begin_consuming(self, session: _Session, consumer: _Consumer) -> None:
        channel = await session.connection.channel()
        channel.close_callbacks.add(_setting(session.ended))
        await channel.set_qos(prefetch_count=consumer.at_once)
        queue = await channel.get_queue(consumer.queue, ensure=False)

        async def take(message: AbstractIncomingMessage) -> None:
            handling = asyncio.ensure_future(self._handle(consumer, message))
            self._handling.add(handling)
            handling.add_done_callback(self._handling.discard)

        session.consuming.append((queue, await queue.consume(take)))

    async def _handle(self, consumer: _Consumer, message: AbstractIncomingMessage) -> None:
        is_done = True
        try:
            await consumer.handler(Delivery(message.body, is_again=bool(message.redelivered)))
        except Exception as error:
            if not isinstance(error, LaterError):
                logger.exception("a message could not be dealt with; it is delivered again")
            await asyncio.sleep(_PAUSES[1])
            is_done = False
        try:
            await (message.ack() if is_done else message.nack())
        except _TROUBLE as error:  # the broker delivers it again, on another connection
            logger.debug("not acknowledged: %s", _told(error))


def _checked(url: str) -> URL:
    told = f"BROKER={url.rpartition('@')[2]}: expected an address such as amqps://USER:PASSWORD@broker.example.org/"
    try:
        parsed = URL(url)
    except ValueError:
        raise SetupError(told) from None
    if parsed.scheme not in ("amqp", "amqps") or not parsed.host:
        raise SetupError(told)
    return parsed if "heartbeat" in parsed.query else parsed.update_query(heartbeat=HEARTBEAT)


async def _close(connection: AbstractConnection) -> None:
    """Close a connection, and wait until its own callbacks have run: with the loop they would end aloud."""
    transport = connection.transport
    try:
        await asyncio.wait_for(connection.close(), _CONNECTING)
        if transport is not None:
            await asyncio.wait_for(transport.close_callback.wait(), _PAUSES[1])
    except _TROUBLE as error:
        logger.debug("not closed in order: %s", _told(error))


def _setting(event: asyncio.Event) -> Callable[..., None]:
    def ended(*_: object) -> None:
        event.set()

    return ended


def _told(error: BaseException) -> str:
    return str(error) or type(error).__name__
