"""The batching writer with a log whose commits the test controls."""

import asyncio
from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from footfall.engines.memory import MemoryEventLog
from footfall.errors import Overloaded, StoreUnavailable
from footfall.eventlog.writer import MAX_BATCH, BatchingWriter
from footfall.model import Event
from tests.events import event, stored


class ControlledLog(MemoryEventLog):
    """Each append waits for ``release``, which may make it fail."""

    def __init__(self) -> None:
        super().__init__()
        self.appended: list[Sequence[Event]] = []
        self.started = asyncio.Semaphore(0)
        self._outcomes: asyncio.Queue[Exception | None] = asyncio.Queue()

    async def append(self, events: Sequence[Event]) -> None:
        self.started.release()
        error = await self._outcomes.get()
        if error is not None:
            raise error
        self.appended.append(list(events))
        await super().append(events)

    def release(self, error: Exception | None = None) -> None:
        self._outcomes.put_nowait(error)


@pytest.fixture
async def log() -> ControlledLog:
    return ControlledLog()


@pytest.fixture
def writer(log: ControlledLog) -> BatchingWriter:
    return BatchingWriter(log, capacity=MAX_BATCH * 4)


async def test_an_added_event_is_stored_when_its_future_is_done(
    writer: BatchingWriter, log: ControlledLog
) -> None:
    added = writer.add([event(1)])
    await log.started.acquire()
    assert not added.done()
    log.release()
    await added
    assert await stored(log) == [event(1)]


async def test_events_added_during_a_commit_form_one_batch(
    writer: BatchingWriter, log: ControlledLog
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


async def test_several_appends_can_run_at_once(log: ControlledLog) -> None:
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


async def test_a_full_batch_accepts_no_more_events(
    writer: BatchingWriter, log: ControlledLog
) -> None:
    added = [writer.add([event(n), event(n)]) for n in range(MAX_BATCH)]
    for _ in range(2):
        log.release()
    await asyncio.gather(*set(added))
    assert [len(batch) for batch in log.appended] == [MAX_BATCH, MAX_BATCH]


async def test_events_of_one_request_stay_together(
    writer: BatchingWriter, log: ControlledLog
) -> None:
    writer.add([event(0)])
    added = writer.add([event(n) for n in range(MAX_BATCH + 100)])
    log.release()
    await added
    assert len(log.appended) == 1


async def test_it_refuses_when_full_and_accepts_again_later(log: ControlledLog) -> None:
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
    writer: BatchingWriter, log: ControlledLog
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


async def test_a_failure_that_nobody_awaits_causes_no_warning(
    writer: BatchingWriter, log: ControlledLog
) -> None:
    """A warning about an exception that was never retrieved would fail the test."""
    writer.add([event(1)])
    log.release(StoreUnavailable("no"))
    await writer.close()
    assert writer.failures == 1


async def test_a_cancelled_request_does_not_cancel_others(
    writer: BatchingWriter, log: ControlledLog
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


async def test_close_writes_accepted_events_and_refuses_new_ones(
    writer: BatchingWriter, log: ControlledLog
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


async def test_an_ending_event_loop_leaves_nobody_waiting(log: ControlledLog) -> None:
    """``asyncio.run`` cancels tasks but not futures; waiting requests must end all the same."""
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


async def test_nobody_waits_longer_than_the_timeout(log: ControlledLog) -> None:
    writer = BatchingWriter(log, capacity=100, timeout_s=0.05)
    first = writer.add([event(1)])
    await log.started.acquire()
    second = writer.add([event(2)])
    async with asyncio.timeout(10):
        for future in (first, second):
            with pytest.raises(StoreUnavailable, match=r"within 0\.05 s"):
                await future
    log.release()
    await writer.add([event(3)])
    assert await stored(log) == [event(3)]


async def test_giving_up_answers_everyone_at_once(log: ControlledLog) -> None:
    writer = BatchingWriter(log, capacity=100)
    first = writer.add([event(1)])
    await log.started.acquire()
    second = writer.add([event(2)])
    with capture_logs() as logs:
        writer.give_up()
        for future in (first, second):
            with pytest.raises(StoreUnavailable, match="shutting down"):
                await future
        await writer.close()
    assert [(line["event"], line["events"]) for line in logs] == [("writer.gave_up", 2)]
    assert writer.health.problem is None
