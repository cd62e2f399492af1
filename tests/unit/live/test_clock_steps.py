"""A clock that steps, on this machine or on another node's: nothing is lost, nobody is hidden."""

import asyncio

import msgspec
import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.live import ahead
from footfall.model import Event
from footfall.principal import HOLDER
from footfall.window.query import ViewQuery
from tests.unit.live.conftest import World, running
from tests.unit.live.test_subscription import next_message, view

HOUR = 3600


def people(world: World, first: int, count: int) -> list[Event]:
    return [view(world, number) for number in range(first, first + count)]


async def settled(world: World, wanted: object) -> None:
    """Wait until the document is ``wanted``."""
    async with asyncio.timeout(10):
        while await world.document() != wanted:  # noqa: ASYNC110 - only yields
            await asyncio.sleep(0)


async def test_a_clock_that_is_an_hour_ahead_for_a_minute_loses_nobody(world: World) -> None:
    before = people(world, 0, 30)
    await world.send(*before)
    watching = await world.hub.subscribe(ViewQuery("a"), HOLDER)
    world.second += HOUR
    list(world.node.pass_second())
    assert (await world.document())["currentVisitors"] == 0
    wrong = people(world, 100, 5)
    await world.send(*wrong)
    world.second -= HOUR - 3
    list(world.node.pass_second())
    after = people(world, 200, 10)
    await world.send(*after)
    world.sent = before + after
    await settled(world, world.expected())
    assert (await world.document(path="/*")) == world.expected(path="/*")
    async with asyncio.timeout(10):
        while msgspec.json.decode((await next_message(watching)).text).get("currentVisitors") != 40:
            pass


@pytest.mark.parametrize("restarted", [False, True])
async def test_events_of_the_wrong_time_count_when_it_comes(restarted: bool) -> None:
    log = MemoryEventLog()
    async with running(World(log)) as world:
        world.second += HOUR
        list(world.node.pass_second())
        wrong = people(world, 0, 5)
        await world.send(*wrong)
        world.second -= HOUR
        list(world.node.pass_second())
        await settled(world, world.expected())
        if not restarted:
            world.pass_time(HOUR + 10)
            assert (await world.document())["currentVisitors"] == 5
            assert await world.document() == world.expected()
    if restarted:
        async with running(World(log, world.second)) as world:
            assert (await world.document())["currentVisitors"] == 0
            world.sent = wrong
            world.pass_time(HOUR + 10)
            assert await world.document() == world.expected()


async def test_a_node_whose_clock_is_ahead_moves_no_window(world: World) -> None:
    here = people(world, 0, 3)
    await world.send(*here)
    far = [view(world, 50 + n, time=(world.second + 60) * 1000) for n in range(4)]
    await world.send(*far, *far)
    world.sent = here
    assert await world.document() == world.expected()
    assert await world.document(path="/*") == world.expected(path="/*")
    assert world.hub.windows.ahead.count == 4
    world.pass_time(61)
    world.sent = here + far
    assert await world.document() == world.expected()
    assert await world.document(path="/*") == world.expected(path="/*")
    assert (await world.document())["currentVisitors"] == 7


async def test_a_clock_that_is_a_little_ahead_counts_at_once(world: World) -> None:
    await world.send(view(world, 1, time=(world.second + 3) * 1000))
    assert (await world.document())["currentVisitors"] == 1
    assert world.hub.windows.ahead.count == 0


async def test_what_waits_is_bounded_and_counted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ahead, "MAX_WAITING", 3)
    await world.send(*(view(world, n, time=(world.second + 60 + n) * 1000) for n in range(5)))
    assert (world.hub.windows.ahead.count, world.hub.windows.ahead.lost) == (5, 2)
    assert len(world.hub.windows.ahead) == 3


async def test_days_ahead_with_no_page_open(world: World) -> None:
    await world.send(*people(world, 0, 10))
    world.second += 3 * 86_400
    for number in range(20, 30):
        await world.send(view(world, number))
    world.pass_time(5)
    assert await world.document() == world.expected()
    assert (await world.document())["currentVisitors"] == 10


async def test_windows_that_were_dropped_meanwhile_come_back(world: World) -> None:
    """With no page open, an hour ahead empties a window and drops it."""
    sent = people(world, 0, 7)
    await world.send(*sent)
    world.second += HOUR
    for _ in range(11):
        world.pass_time(1)
    assert world.hub.windows.sites == ()
    world.second -= HOUR
    list(world.node.pass_second())
    await settled(world, world.expected())
    assert (await world.document())["currentVisitors"] == 7
