"""Both carriers keep the same promises: in order, bounded, delivered again where they were not dealt with."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from crawler.carrying.carrier import (
    MOST_TASKS,
    RESULTS,
    TASKS,
    CarrierError,
    InProcess,
    LaterError,
    NotTakenError,
)
from crawler.carrying.rabbit import Rabbit
from crawler.errors import SetupError
from tests.broker import free_port

_PATIENCE = 60


@asynccontextmanager
async def in_process(_):
    carrier = InProcess(most_tasks=3)
    yield carrier, carrier
    await carrier.close()


@asynccontextmanager
async def by_rabbit(request):
    addresses = request.getfixturevalue("rabbit")
    host, worker = Rabbit(addresses.host, makes_queues=True), Rabbit(addresses.worker, makes_queues=False)
    await host.open(_PATIENCE)
    await worker.open(_PATIENCE)
    await empty(host)
    yield host, worker
    await empty(host)
    await worker.close()
    await host.close()


async def empty(carrier):
    """Throw away what an earlier test has left: by an account that may."""
    session = carrier._session
    for queue in (TASKS, RESULTS):
        await (await session.publishing.get_queue(queue)).purge()


CARRIERS = pytest.mark.parametrize("carried", [in_process, by_rabbit], ids=["in process", "RabbitMQ"])


class Taking:
    """A handler that keeps what it gets."""

    def __init__(self, wanted):
        self.wanted, self.got, self.enough = wanted, [], asyncio.Event()

    async def __call__(self, delivery):
        self.got.append((delivery.body, delivery.is_again))
        if len(self.got) >= self.wanted:
            self.enough.set()

    async def all(self):
        await asyncio.wait_for(self.enough.wait(), _PATIENCE)
        return self.got


@CARRIERS
async def test_messages_come_in_the_order_in_which_they_were_published(carried, request):
    async with carried(request) as (host, worker):
        results, tasks = Taking(20), Taking(1)
        await host.consume(RESULTS, results, 5)
        await worker.consume(TASKS, tasks, 1)
        await host.publish(TASKS, b"do")
        for n in range(20):
            await worker.publish(RESULTS, b"%d" % n)
        assert await results.all() == [(b"%d" % n, False) for n in range(20)]
        assert await tasks.all() == [(b"do", False)]


@CARRIERS
async def test_what_was_not_dealt_with_comes_again_and_says_so(carried, request):
    async with carried(request) as (host, worker):
        got, done = [], asyncio.Event()

        async def fail_once(delivery):
            got.append(delivery.is_again)
            if not delivery.is_again:
                raise LaterError
            done.set()

        await worker.consume(TASKS, fail_once, 1)
        await host.publish(TASKS, b"do")
        await asyncio.wait_for(done.wait(), _PATIENCE)
        assert got == [False, True]


@CARRIERS
async def test_no_more_are_handled_at_a_time_than_were_asked_for(carried, request):
    async with carried(request) as (host, worker):
        running, most, done = 0, 0, Taking(6)

        async def handle(delivery):
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.02)
            running -= 1
            await done(delivery)

        for n in range(3):
            await host.publish(TASKS, b"%d" % n)
        await worker.consume(TASKS, handle, 2)
        for n in range(3, 6):
            while True:
                try:
                    await host.publish(TASKS, b"%d" % n)
                    break
                except NotTakenError:
                    await asyncio.sleep(0.02)
        await done.all()
        assert most == 2


@CARRIERS
async def test_nobody_gets_a_message_whose_lifetime_is_over(carried, request):
    async with carried(request) as (host, worker):
        await host.publish(TASKS, b"late", lifetime=0.05)
        await asyncio.sleep(0.3)
        taking = Taking(1)
        await worker.consume(TASKS, taking, 1)
        await host.publish(TASKS, b"in time", lifetime=_PATIENCE)
        assert await taking.all() == [(b"in time", False)]


async def test_a_full_queue_takes_no_more():
    async with in_process(None) as (host, _):
        for _ in range(3):
            await host.publish(TASKS, b"do")
        with pytest.raises(NotTakenError, match="3 messages wait"):
            await host.publish(TASKS, b"do")


async def test_a_full_queue_of_the_broker_takes_no_more(request):
    async with by_rabbit(request) as (host, _):
        refused: list[BaseException] = []
        for _ in range(20):  # RabbitMQ counts what a queue holds now and then
            some = (host.publish(TASKS, b"do") for _ in range(MOST_TASKS // 5))
            refused += [error for error in await asyncio.gather(*some, return_exceptions=True) if error is not None]
            if refused:
                break
        assert {type(error) for error in refused} == {NotTakenError}


async def test_a_worker_may_take_batches_and_send_results_and_no_more(request):
    async with by_rabbit(request) as (_, worker):
        with pytest.raises(CarrierError, match=r"access to exchange 'vestnik.tasks'.*refused"):
            await worker.publish(TASKS, b"do")


async def test_a_broker_is_reached_by_tls_where_its_certificate_is_known(rabbit, caplog):
    if not rabbit.secure:
        pytest.skip("the broker at BROKER has no port of ours with TLS")
    known = Rabbit(f"{rabbit.secure}?cafile={rabbit.certificate}", makes_queues=False)
    await known.open(_PATIENCE)
    assert known.place.startswith("amqps://localhost")
    await known.close()
    with pytest.raises(SetupError, match="nobody answers there"):
        await Rabbit(rabbit.secure, makes_queues=False).open(3.0)
    assert "certificate" in caplog.text


async def test_who_is_not_known_to_the_broker_is_told(rabbit):
    stranger = Rabbit(rabbit.host.replace("host:", "stranger:"), makes_queues=True)
    with pytest.raises(SetupError, match="does not know this user and password"):
        await stranger.open(_PATIENCE)


async def test_a_broker_that_is_not_there_is_told():
    with pytest.raises(SetupError, match="nobody answers there"):
        await Rabbit(f"amqp://a:b@127.0.0.1:{free_port()}/", makes_queues=True).open(0.5)


@pytest.mark.parametrize(
    "url", ["broker.example", "http://a:secret@broker.example/", "amqp:///x", "amqp://a:secret@broker.example:x/"]
)
def test_an_address_that_is_no_brokers_is_told_without_its_password(url):
    with pytest.raises(SetupError, match="expected an address such as amqps://USER:PASSWORD") as told:
        Rabbit(url, makes_queues=True)
    assert "secret" not in str(told.value)
