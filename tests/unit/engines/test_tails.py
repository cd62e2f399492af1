"""How tails behave under failure; normal behaviour is in the conformance suite."""

import pytest

from footfall.engines import tails as module
from footfall.engines.tails import MAX_BUFFERED_EVENTS, Tails
from footfall.errors import StoreUnavailable
from footfall.model import Batch, Event, Offset
from tests.events import event, followed


class Source:
    """Events by offset, from 1. The next ``failures`` reads fail."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.failures = 0

    async def read_after(self, after: Offset, until: Offset) -> Batch:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("the disk failed")
        return Batch(until, self.events[after:until])

    def commit(self, count: int) -> Batch:
        new = [event(len(self.events) + n) for n in range(count)]
        self.events += new
        return Batch(len(self.events), new)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
async def tails(source: Source) -> Tails:
    return Tails(0, source.read_after)


async def test_a_missed_commit_is_read_before_the_next_one(source: Source, tails: Tails) -> None:
    tail = tails.open()
    tails.deliver(source.commit(3))
    source.commit(2)
    tails.deliver(source.commit(4))
    assert await followed(tail, 9) == source.events
    tails.deliver(source.commit(1))
    assert await followed(tail, 1) == source.events[9:]
    assert tail.reread == 6


async def test_a_tail_that_is_behind_waits_for_the_store_to_come_back(
    source: Source, tails: Tails, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0.0)
    tail = tails.open()
    source.failures = 3
    for _ in range(3):
        tails.deliver(source.commit(MAX_BUFFERED_EVENTS))
    assert await followed(tail, len(source.events)) == source.events


async def test_the_delay_is_the_age_of_the_oldest_undelivered_batch(
    source: Source, tails: Tails
) -> None:
    tail = tails.open()
    assert tail.delay() == 0
    tails.deliver(source.commit(1))
    assert tail.delay() > 0
    await followed(tail, 1)
    assert tail.delay() == 0
