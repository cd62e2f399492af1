"""The conformance suite of the event log port: pruning."""

import asyncio
from typing import get_args

from msgspec.structs import replace

from footfall.eventlog.port import Cutoffs, EventLog
from footfall.model import Event, EventType
from tests.events import by_time, event, stored

NOTHING = Cutoffs(events=0, signals=0, links=0)


async def prune(log: EventLog, cutoffs: Cutoffs) -> list[int]:
    steps = []
    while touched := await log.prune(cutoffs):
        steps.append(touched)
    return steps


async def test_recent_events_are_kept(log: EventLog) -> None:
    history = [event(n, previous_visitor=5) for n in range(20)]
    await log.append(history)
    assert await prune(log, NOTHING) == []
    assert await stored(log) == history


async def test_events_strictly_older_than_the_cutoff_are_removed(log: EventLog) -> None:
    await log.append([event(n) for n in range(10)])
    await prune(log, replace(NOTHING, events=4))
    assert await stored(log) == [event(n) for n in range(4, 10)]


async def test_pings_and_leaves_have_their_own_cutoff(log: EventLog) -> None:
    kinds = get_args(EventType)
    history = [event(n, type=kind, site="b", id=f"{kind}{n}") for n in range(10) for kind in kinds]
    await log.append(history)
    await prune(log, replace(NOTHING, events=2, signals=6))
    kept = [e for e in history if e.time >= (6 if e.type in ("ping", "leave") else 2)]
    assert sorted(await stored(log, "b"), key=repr) == sorted(kept, key=repr)


async def test_old_links_between_days_are_removed_but_the_events_stay(log: EventLog) -> None:
    history = [event(n, previous_visitor=-n, title="é", props={"plan": 1}) for n in range(1, 6)]
    await log.append([*history, event(0)])
    await prune(log, replace(NOTHING, links=4))
    cut = [replace(each, previous_visitor=None) for each in history[:3]]
    assert await stored(log) == [event(0), *cut, *history[3:]]
    assert await prune(log, replace(NOTHING, links=4)) == []


async def test_pruning_covers_every_site(log: EventLog) -> None:
    sites = ["a", "b", "site-c", "z"]
    await log.append([event(n, site=site) for site in sites for n in range(5)])
    await prune(log, replace(NOTHING, events=4))
    for site in sites:
        assert await stored(log, site) == [event(4, site=site)]


async def test_pruning_is_done_in_small_steps(log: EventLog, engine: str, scale: int) -> None:
    count = 9_000 // scale
    await log.append([event(n, type="ping" if n % 2 else "pageview") for n in range(count)])
    steps = await prune(log, Cutoffs(events=9_000, signals=9_000, links=0))
    assert sum(steps) == (0 if engine == "dynamodb" else count)  # whose items expire by themselves
    assert max(steps, default=0) <= 2_000
    assert await stored(log) == []


async def test_a_tail_that_is_behind_survives_pruning(log: EventLog, scale: int) -> None:
    tail = await log.tail()
    last, step = 40_000 // scale, 5_000 // scale
    for start in range(0, last, step):
        await log.append([event(n) for n in range(start, start + step)])
    kept = 1_000 // scale
    await prune(log, replace(NOTHING, events=last - kept))
    await log.append([event(last)])
    seen: list[Event] = []
    async with asyncio.timeout(20):
        while not seen or seen[-1].time < last:
            seen += (await anext(aiter(tail))).events
    assert [each.time for each in by_time(seen)[-kept - 1 :]] == list(range(last - kept, last + 1))
    await tail.aclose()
