"""The conformance suite of tails: they deliver every later event once, however slow they are."""

import asyncio

import pytest

from footfall.engines import tails
from footfall.engines.open import Store
from footfall.eventlog.port import EventLog
from footfall.model import Event
from tests.events import by_time, event, followed, replayed


async def test_a_tail_delivers_events_appended_after_it_opened(log: EventLog) -> None:
    await log.append([event(1)])
    tail = await log.tail()
    await log.append([event(2), event(3, site="b")])
    await log.append([event(4)])
    assert by_time(await followed(tail, 3)) == [event(2), event(3, site="b"), event(4)]
    await tail.aclose()


async def test_a_batch_carries_the_offset_after_it(log: EventLog) -> None:
    tail = await log.tail()
    await log.append([event(1), event(2)])
    batch = await anext(aiter(tail))
    await log.append([event(3)])
    assert batch.offset > tail.start
    assert await replayed(log, batch.offset) == by_time(batch.events)
    await tail.aclose()


async def test_a_large_batch_is_split_and_each_part_carries_its_own_offset(log: EventLog) -> None:
    await log.append([event(0)])
    tail = await log.tail()
    history = [event(n) for n in range(1, 1_802)]
    await log.append(history)
    seen = [event(0)]
    async for batch in tail:
        assert len(batch.events) <= 500
        seen += batch.events
        assert await replayed(log, batch.offset) == by_time(seen)
        if len(seen) > len(history):
            break
    await tail.aclose()


async def test_reading_a_long_backlog_does_not_block_the_event_loop(
    log: EventLog, scale: int
) -> None:
    tail = await log.tail()
    await log.append([event(n) for n in range(10_000 // scale)])
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(other())
    await followed(tail, 10_000 // scale)
    running.cancel()
    assert turns >= 10
    await tail.aclose()


async def test_a_waiting_tail_wakes_when_events_come(log: EventLog) -> None:
    tail = await log.tail()
    waiting = asyncio.create_task(followed(tail, 1))
    await asyncio.sleep(0)
    await log.append([event(1)])
    assert await waiting == [event(1)]
    await tail.aclose()


async def test_every_tail_gets_every_event(log: EventLog) -> None:
    tails = [await log.tail() for _ in range(3)]
    history = [event(n) for n in range(100)]
    for start in range(0, 100, 10):
        await log.append(history[start : start + 10])
    for tail in tails:
        assert by_time(await followed(tail, 100)) == history
        await tail.aclose()


async def test_a_replay_up_to_the_tail_and_the_tail_give_each_event_once(
    log: EventLog,
) -> None:
    """Tails open while events are appended; each must continue exactly where its replay ends."""
    history = [event(n) for n in range(600)]
    appending = [asyncio.create_task(log.append(history[n : n + 3])) for n in range(0, 600, 3)]
    tails = []
    while not all(task.done() for task in appending):
        tails.append(await log.tail())
        await asyncio.wait(appending, timeout=0.001)
    assert tails
    for tail in tails:
        before = await replayed(log, tail.start)
        after = await followed(tail, len(history) - len(before))
        assert sorted(each.time for each in before + after) == list(range(600))
        await tail.aclose()


async def test_a_slow_tail_loses_nothing(log: EventLog, scale: int) -> None:
    """More events than any buffer holds are appended before the tail is read."""
    tail = await log.tail()
    history = [event(n) for n in range(60_000 // scale)]
    for start in range(0, len(history), 3_000 // scale):
        await log.append(history[start : start + 3_000 // scale])
    assert by_time(await followed(tail, len(history))) == history
    await log.append([event(60_001)])
    assert await followed(tail, 1) == [event(60_001)]
    await tail.aclose()


async def test_a_slow_tail_catches_up_while_events_keep_coming(log: EventLog, scale: int) -> None:
    tail = await log.tail()
    history = [event(n) for n in range(45_000 // scale)]
    first, step = 30_000 // scale, 500 // scale
    for start in range(0, first, 6 * step):
        await log.append(history[start : start + 6 * step])
    reading = asyncio.create_task(followed(tail, len(history)))
    for start in range(first, len(history), step):
        await log.append(history[start : start + step])
    assert by_time(await reading) == history
    await tail.aclose()


async def test_a_tail_that_nobody_reads_delays_no_other_and_loses_nothing(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three times as many events come as a buffer holds: all but the first third do not fit."""
    monkeypatch.setattr(tails, "MAX_BUFFERED_EVENTS", 100)
    unread, quick = await log.tail(), await log.tail()
    for first in range(0, 300, 50):
        await log.append([event(n) for n in range(first, first + 50)])
        seen = by_time(await followed(quick, 50))
        assert seen == [event(n) for n in range(first, first + 50)]
    missed: list[Event] = []
    async for batch in unread:
        missed += batch.events
        assert await replayed(log, batch.offset) == by_time(missed)
        if len(missed) == 300:
            break
    assert by_time(missed) == [event(n) for n in range(300)]
    await log.append([event(300)])
    assert await followed(unread, 1) == await followed(quick, 1) == [event(300)]
    await unread.aclose()
    await quick.aclose()


async def test_closing_the_log_ends_its_tails_after_the_last_committed_event(store: Store) -> None:
    tail = await store.event_log.tail()
    await store.event_log.append([event(1)])
    await store.event_log.close()
    assert [batch.events async for batch in tail] == [[event(1)]]


async def test_closing_the_log_ends_a_waiting_tail(store: Store) -> None:
    tail = await store.event_log.tail()
    waiting = asyncio.create_task(followed(tail, 1))
    await asyncio.sleep(0)
    await store.event_log.close()
    async with asyncio.timeout(5):
        assert await waiting == []


async def test_closing_a_tail_ends_it_and_leaves_the_log_open(log: EventLog) -> None:
    tail = await log.tail()
    await log.append([event(1)])
    await tail.aclose()
    assert [batch async for batch in tail] == []
    await log.append([event(2)])
