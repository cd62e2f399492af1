"""The batching writer against a log whose commits the test decides."""

import asyncio
from collections.abc import Sequence

import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.errors import Overloaded, StoreUnavailable
from footfall.eventlog.writer import MAX_BATCH, BatchingWriter
from footfall.model import Event
from tests.events import event, stored


class GatedLog(MemoryEventLog):
    """Each append waits for ``release``, which may make it fail."""

    def __init__(self) -> None:
        super().__init__()
        self.appended: list[Sequence[Event]] = []
        self.started = asyncio.Semaphore(0)
        self._gates: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def append(self, events: Sequence[Event]) -> None:
        self.started.release()
        error = await self._gates.get()
        if error is not None:
            raise error
        self.appended.append(list(events))
        await super().append(events)

    def release(self, error: Exception | None = None) -> None:
        self._gates.put_nowait(error)


@pytest.fixture
async def log() -> GatedLog:
    return GatedLog()


@pytest.fixture
def writer(log: GatedLog) -> BatchingWriter:
    return BatchingWriter(log, capacity=MAX_BATCH * 4)


async def test_an_added_event_is_stored_when_its_future_is_done(
    writer: BatchingWriter, log: GatedLog
) -> None:
    added = writer.add([event(1)])
    await log.started.acquire()
    assert not added.done()
    log.release()
    await added
    assert await stored(log) == [event(1)]


async def test_what_comes_during_a_commit_is_one_batch(
    writer: BatchingWriter, log: GatedLog
) -> None:
    first = writer.add([event(0)])
    await log.started.acquire()
    rest = [writer.add([event(n)]) for n in range(1, 50)]
    assert len(set(rest)) == 1
    assert first is not rest[0]
    log.release()
    log.release()
    await asyncio.gather(first, *rest)
    assert [len(batch) for batch in log.appended] == [1, 49]
    assert (writer.batches, writer.events, writer.queued) == (2, 50, 0)


async def test_several_appends_may_be_under_way(log: GatedLog) -> None:
    writer = BatchingWriter(log, capacity=100, appends_at_once=2)
    added = []
    for n in range(2):
        added.append(writer.add([event(n)]))
        await log.started.acquire()
    added += [writer.add([event(n)]) for n in range(2, 10)]
    for _ in range(3):
        log.release()
    await asyncio.gather(*added)
    assert sorted(len(batch) for batch in log.appended) == [1, 1, 8]


async def test_a_full_batch_takes_no_more(writer: BatchingWriter, log: GatedLog) -> None:
    added = [writer.add([event(n), event(n)]) for n in range(MAX_BATCH)]
    for _ in range(2):
        log.release()
    await asyncio.gather(*set(added))
    assert [len(batch) for batch in log.appended] == [MAX_BATCH, MAX_BATCH]


async def test_events_of_one_request_stay_together(writer: BatchingWriter, log: GatedLog) -> None:
    writer.add([event(0)])
    added = writer.add([event(n) for n in range(MAX_BATCH + 100)])
    log.release()
    await added
    assert len(log.appended) == 1


async def test_it_refuses_when_full_and_takes_again_later(log: GatedLog) -> None:
    writer = BatchingWriter(log, capacity=3)
    added = [writer.add([event(n)]) for n in range(3)]
    with pytest.raises(Overloaded, match="FOOTFALL_WRITER_QUEUE_EVENTS"):
        writer.add([event(4)])
    log.release()
    await asyncio.gather(*added)
    log.release()
    await writer.add([event(5)])
    assert await stored(log) == [event(0), event(1), event(2), event(5)]


async def test_a_failed_batch_fails_its_own_requests_only(
    writer: BatchingWriter, log: GatedLog
) -> None:
    lost = writer.add([event(1)])
    await log.started.acquire()
    kept = writer.add([event(2)])
    log.release(StoreUnavailable("the disk is full"))
    log.release()
    with pytest.raises(StoreUnavailable, match="full"):
        await lost
    await kept
    assert await stored(log) == [event(2)]
    assert (writer.failures, writer.events, writer.queued) == (1, 1, 0)


async def test_a_failure_that_nobody_waits_for_is_no_noise(
    writer: BatchingWriter, log: GatedLog
) -> None:
    """An exception that was never retrieved would fail the test."""
    writer.add([event(1)])
    log.release(StoreUnavailable("no"))
    await writer.close()
    assert writer.failures == 1


async def test_a_cancelled_request_takes_nobody_with_it(
    writer: BatchingWriter, log: GatedLog
) -> None:
    async def request(number: int) -> None:
        await writer.add([event(number)])

    requests = [asyncio.create_task(request(n)) for n in range(3)]
    await log.started.acquire()
    requests[1].cancel()
    log.release()
    outcomes = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [
        type(None),
        asyncio.CancelledError,
        type(None),
    ]
    assert len(await stored(log)) == 3


async def test_close_writes_what_was_taken_and_takes_no_more(
    writer: BatchingWriter, log: GatedLog
) -> None:
    first = writer.add([event(1)])
    await log.started.acquire()
    second = writer.add([event(2)])
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0)
    with pytest.raises(StoreUnavailable, match="shutting down"):
        writer.add([event(3)])
    log.release()
    log.release()
    await closing
    assert first.done()
    assert second.done()
    assert await stored(log) == [event(1), event(2)]


async def test_an_ending_event_loop_leaves_nobody_waiting(log: GatedLog) -> None:
    """``asyncio.run`` cancels all tasks; requests must end though their future can't be."""
    writer = BatchingWriter(log, capacity=100)
    first = writer.add([event(1)])
    await log.started.acquire()
    second = writer.add([event(2)])
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    for future in (first, second):
        with pytest.raises(StoreUnavailable):
            await future
