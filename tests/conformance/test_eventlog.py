"""The conformance suite of the event log port: append, replay, close."""

import asyncio
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footfall.engines.open import Store, open_store
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import EventLog
from footfall.model import Event
from tests.conformance.conftest import NewUrl
from tests.events import end, event, forget, replayed, stored
from tests.strategies import events


async def test_an_empty_log_replays_nothing(log: EventLog) -> None:
    assert await stored(log) == []


async def test_appending_nothing_changes_nothing(log: EventLog) -> None:
    await log.append([])
    assert await stored(log) == []


async def test_replay_gives_the_events_of_one_site(log: EventLog) -> None:
    await log.append([event(1), event(2, site="b"), event(3)])
    assert await stored(log, "a") == [event(1), event(3)]
    assert await stored(log, "b") == [event(2, site="b")]


async def test_the_first_event_is_the_oldest_of_its_site(store: Store) -> None:
    log = store.event_log
    await log.append([event(7, site="b"), event(5, site="b"), event(1, site="c")])
    await log.append([event(6, site="b")])
    first = event(5, site="b").time
    assert [await log.first_event(site) for site in ("a", "b", "b2")] == [None, first, None]
    await forget(store, "b")
    assert await log.first_event("b") is None


async def test_replay_is_sorted_by_time_then_id_whatever_the_order_of_arrival(
    log: EventLog,
) -> None:
    history = [event(n, time=n // 3, id=f"{n % 3}é{n}") for n in range(1_600)]
    arrived = random.Random(1).sample(history, len(history))
    for start in range(0, len(arrived), 100):
        await log.append(arrived[start : start + 100])
    assert await stored(log) == sorted(history, key=lambda each: (each.time, each.id))


async def test_replay_begins_at_since(log: EventLog) -> None:
    await log.append([event(n) for n in range(10)])
    assert await replayed(log, await end(log), since=7) == [event(7), event(8), event(9)]


async def test_replay_omits_events_appended_after_until_even_older_ones(log: EventLog) -> None:
    await log.append([event(5), event(6)])
    until = await end(log)
    await log.append([event(1), event(7)])
    assert await replayed(log, until) == [event(5), event(6)]


async def test_a_running_replay_does_not_see_later_events(log: EventLog) -> None:
    await log.append([event(n) for n in range(1_000)])
    replay = log.replay("a", 0, await end(log))
    chunks = [await anext(replay)]
    await log.append([event(n, id=f"late{n}") for n in range(990, 1_010)])
    chunks += [chunk async for chunk in replay]
    assert [each for chunk in chunks for each in chunk] == [event(n) for n in range(1_000)]


async def test_replay_comes_in_chunks_of_at_most_500(log: EventLog) -> None:
    await log.append([event(n) for n in range(1_201)])
    sizes = [len(chunk) async for chunk in log.replay("a", 0, await end(log))]
    assert sum(sizes) == 1_201
    assert max(sizes) <= 500


async def test_events_of_the_same_millisecond_are_not_lost_between_chunks(log: EventLog) -> None:
    history = [event(n, time=7) for n in range(1_700)]
    await log.append(history)
    assert await stored(log) == history


async def test_an_event_appended_twice_is_stored_at_least_once(log: EventLog) -> None:
    """The window counts it once; the log may store one copy or all."""
    await log.append([event(1)] * 600)
    await log.append([event(1), event(2)])
    *same, last = await stored(log)
    assert same in ([event(1)], [event(1)] * 601)
    assert last == event(2)


async def test_a_large_batch_is_stored_completely(log: EventLog, scale: int) -> None:
    history = [event(n) for n in range(20_000 // scale)]
    await log.append(history)
    assert await stored(log) == history


async def test_concurrent_appends_lose_nothing(log: EventLog) -> None:
    await asyncio.gather(*(log.append([event(n)]) for n in range(200)))
    assert await stored(log) == [event(n) for n in range(200)]


async def test_a_replay_may_be_left_early(log: EventLog) -> None:
    await log.append([event(n) for n in range(1_200)])
    async for _ in log.replay("a", 0, await end(log)):
        break
    assert len(await stored(log)) == 1_200


@given(history=st.lists(events(), max_size=20, unique_by=lambda e: (e.site, e.time, e.id)))
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_field_is_stored_unchanged(
    engine: str, new_url: NewUrl, history: list[Event]
) -> None:
    asyncio.run(_round_trip(new_url(engine), history))


async def _round_trip(url: str, history: list[Event]) -> None:
    store = open_store(url)
    try:
        await store.event_log.append(history)
        sites = ("a", "b-2", "c.example_1")
        found = [each for site in sites for each in await stored(store.event_log, site)]
    finally:
        await store.close()
    assert sorted(found, key=repr) == sorted(history, key=repr)


async def test_append_after_close_is_refused(store: Store) -> None:
    await store.event_log.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        await store.event_log.append([event(1)])


async def test_close_waits_for_running_appends(store: Store) -> None:
    appends = [asyncio.create_task(store.event_log.append([event(n)])) for n in range(50)]
    await asyncio.sleep(0)
    await store.event_log.close()
    await asyncio.gather(*appends)


async def test_closing_twice_is_fine(store: Store) -> None:
    await store.event_log.close()
    await store.event_log.close()


async def test_acknowledged_events_survive_a_restart(durable_url: str) -> None:
    first = open_store(durable_url)
    await first.event_log.append([event(1), event(2)])
    await first.close()
    second = open_store(durable_url)
    try:
        assert await stored(second.event_log) == [event(1), event(2)]
    finally:
        await second.close()


async def test_offsets_keep_rising_after_a_restart_even_if_the_log_is_empty(
    durable_url: str,
) -> None:
    first = open_store(durable_url)
    await first.event_log.append([event(1), event(2)])
    before = await end(first.event_log)
    await forget(first, "a")
    await first.close()
    second = open_store(durable_url)
    try:
        await second.event_log.append([event(3)])
        assert await end(second.event_log) > before
        assert await stored(second.event_log) == [event(3)]
    finally:
        await second.close()
