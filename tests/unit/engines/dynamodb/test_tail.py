"""Tails of a fake stream: unread ones, failures while records are delivered, unreadable items."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from footfall.engines import tails
from footfall.engines.aws import Answer
from footfall.engines.dynamodb import backlog, tail
from footfall.engines.dynamodb.deliveries import Deliveries
from footfall.engines.dynamodb.event_reader import EventReader
from footfall.engines.dynamodb.items import Lifetimes, to_item
from footfall.engines.dynamodb.links import Links
from footfall.engines.dynamodb.stream import StreamShards
from footfall.engines.dynamodb.tail import StreamReader
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import TailLost
from footfall.model import Event
from tests.events import by_time, event, followed
from tests.unit.engines.dynamodb.fakes import FakeStream

NOW = 10_000_000
KEY = {"secret": {"B": b"k" * 32}}


class World(FakeStream):
    """A reader of a stream with two shards. The next ``failures`` reads of a link's key fail."""

    def __init__(self) -> None:
        super().__init__()
        self.failures = 0
        self.now = NOW
        self.add("a")
        self.add("b")
        self.event_reader = EventReader(Links(self.connection))

    async def start(self) -> None:
        shards = StreamShards(self.connection)
        await shards.begin()
        deliveries = Deliveries(100, NOW)
        self.reader = StreamReader(shards, deliveries, self.event_reader, 0.001, lambda: self.now)

    def take(self, *events: Event, age: int = 0, **changes: Any) -> None:
        """Insert ``events``, ``age`` seconds ago, with ``changes`` to their items."""
        for number, each in enumerate(events):
            item = to_item(
                each,
                shards=1,
                at=self.now,
                lifetimes=Lifetimes(1, 1),
                link_keys={each.time // 86_400_000: b"k" * 32},
            )
            self.put("ab"[number % 2], {**item, **changes}, self.now / 1000 - age)

    def get_item(self, **_: Any) -> Answer:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the table is throttled")
        return {"Item": KEY}


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(tail, "RETRY_S", 0.0)
    made = World()
    await made.start()
    yield made
    await made.reader.close()


def events(first: int, until: int) -> list[Event]:
    return [event(number) for number in range(first, until)]


async def test_a_failed_read_of_a_link_s_key_loses_no_event(world: World) -> None:
    world.failures = 3
    follower = world.reader.open()
    world.take(event(1), event(2), event(3, previous_visitor=7), event(4))
    assert by_time(await followed(follower, 4)) == [
        event(1),
        event(2),
        event(3, previous_visitor=7),
        event(4),
    ]
    assert world.failures == 0
    assert world.reader.task.failures == 3


@pytest.mark.parametrize(
    "damage",
    [
        {"body": {"S": "{"}},
        {"body": {"S": "[1,2,3]"}},
        {"body": {"B": b"x"}},
        {"link": {"S": "x"}},
        {"body": {"S": "[" * 5000}},
    ],
)
async def test_an_unreadable_item_is_set_aside_and_the_others_are_delivered(
    world: World, damage: dict[str, Any]
) -> None:
    follower = world.reader.open()
    with capture_logs() as logs:
        world.take(event(1), event(2))
        world.take(event(3), **damage)
        world.take(event(4))
        assert by_time(await followed(follower, 3)) == [event(1), event(2), event(4)]
        world.take(event(3), **damage)
        world.take(event(5))
        assert await followed(follower, 1) == [event(5)]
    named = [each for each in logs if each["event"] == "event.unreadable"]
    assert [each["sort"] for each in named] == ["EV#0000000000003#e000003"]
    assert world.event_reader.unreadable == 1


async def test_an_unread_tail_reads_in_the_stream_what_it_missed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both get each event once, at the same offsets."""
    monkeypatch.setattr(tails, "MAX_BUFFERED_EVENTS", 100)
    monkeypatch.setattr(backlog, "MAX_PART", 60)
    unread, quick = world.reader.open(), world.reader.open()
    for first in range(0, 1000, 50):
        world.take(*events(first, first + 50))
        assert by_time(await followed(quick, 50)) == events(first, first + 50)
    assert len(world.reader._backlog) <= 1000 // 50 + 1
    seen: list[Event] = []
    offsets = []
    async for batch in unread:
        seen += batch.events
        offsets.append(batch.offset)
        if len(seen) == 1000:
            break
        assert batch.offset - unread.start == len(seen)
    assert by_time(seen) == events(0, 1000)
    assert offsets == sorted(offsets)
    assert offsets[-1] == quick.position
    world.take(event(1000))
    assert await followed(unread, 1) == [event(1000)]
    assert len(world.reader._backlog) == 0


async def test_the_delay_of_an_unread_tail_is_true(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The archive believes it: all that was stored before has been sent."""
    monkeypatch.setattr(tails, "MAX_BUFFERED_EVENTS", 10)
    unread, quick = world.reader.open(), world.reader.open()
    for first in range(0, 50, 5):
        world.take(*events(first, first + 5), age=55 - first)
        await followed(quick, 5)
    assert quick.delay() == 0
    assert unread.delay() >= 55
    await followed(unread, 10)  # what was buffered: what came next is 45 s old
    assert unread.delay() >= 45
    assert by_time(await followed(unread, 40)) == events(10, 50)
    assert unread.delay() == 0


async def test_a_tail_too_far_behind_is_told_to_read_the_log_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tails, "MAX_BUFFERED_EVENTS", 10)
    monkeypatch.setattr(backlog, "MAX_PART", 10)
    monkeypatch.setattr(backlog, "MAX_SEGMENTS", 5)
    unread, quick = world.reader.open(), world.reader.open()
    for first in range(0, 200, 10):
        world.take(*events(first, first + 10))
        assert by_time(await followed(quick, 10)) == events(first, first + 10)
    assert len(world.reader._backlog) == 5
    with pytest.raises(TailLost, match="read the log again"):
        await followed(unread, 200)
