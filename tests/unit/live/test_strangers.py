"""What readers without a token may cost those who have one: nothing that lasts."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from footfall import address_queue
from footfall.engines.memory import MemoryEventLog
from footfall.errors import NotFound, Overloaded, RateLimited
from footfall.live.subscription import Subscription
from footfall.principal import HOLDER, Principal, Stranger
from footfall.window.query import Filter, ViewQuery
from tests.callers import stranger
from tests.slow_log import SlowLog
from tests.unit.live.conftest import World, running
from tests.unit.live.test_subscription import view

HERE, THERE = stranger("198.51.100.7"), stranger("203.0.113.9")


def filtered(number: int, limit: int = 20) -> ViewQuery:
    return ViewQuery("a", 5, Filter(path=f"/{number}"), limit)


async def test_a_view_takes_one_place_at_every_length_of_its_lists() -> None:
    async with running(World(MemoryEventLog(), max_views=2)) as world:
        streams = [
            await world.hub.subscribe(filtered(1, limit), stranger(f"198.51.100.{limit}"))
            for limit in range(1, 50)
        ]
        await world.hub.document(filtered(2), THERE)
        assert all(stream.code is None for stream in streams)


async def test_an_address_opens_so_many_views_and_others_go_on() -> None:
    async with running(World(MemoryEventLog(), max_views_per_address=3)) as world:
        for number in range(3):
            await world.hub.document(filtered(number), HERE)
        with pytest.raises(RateLimited, match="your address has opened 3 views"):
            await world.hub.document(filtered(4), HERE)
        await world.hub.document(filtered(2), HERE)
        await world.hub.document(filtered(4), THERE)
        await world.hub.document(filtered(4), HERE)
        for number in range(10, 20):
            await world.hub.document(filtered(number), HOLDER)
        world.pass_time(61)
        await world.hub.document(filtered(5), HERE)


async def test_an_address_has_one_share_for_all_sites() -> None:
    async with running(World(MemoryEventLog(), max_views_per_address=2)) as world:
        await world.hub.document(ViewQuery("a", 5, Filter(path="/1")), HERE)
        await world.hub.document(ViewQuery("b", 5, Filter(path="/1")), HERE)
        with pytest.raises(RateLimited):
            await world.hub.document(ViewQuery("b", 5, Filter(path="/2")), HERE)
        assert world.hub.views_refused == {"address": 1, "all": 0, "queue": 0}
        world.hub.site_removed("a")
        await world.hub.document(ViewQuery("b", 5, Filter(path="/2")), HERE)
        world.pass_time(61)
        for number in range(2):
            await world.hub.document(filtered(number), HERE)


@pytest.mark.parametrize("is_begun", [False, True], ids=["waiting", "being built"])
async def test_a_view_of_a_site_that_is_removed_meanwhile_takes_no_share(is_begun: bool) -> None:
    """It is not opened, since nothing would ever close it."""
    log = SlowLog()
    async with running(World(log, max_views_per_address=1)) as world:
        await world.send(view(world, 1))
        log.gate.clear()
        log.began.clear()
        opening = asyncio.create_task(world.hub.subscribe(filtered(1), HERE))
        await (log.began.wait() if is_begun else asyncio.sleep(0))
        world.hub.site_removed("a")
        log.gate.set()
        with pytest.raises(NotFound, match="was removed"):
            await opening
        assert world.hub.channels == 0
        assert "a" not in world.hub.windows
        again = await world.hub.subscribe(ViewQuery("b", 5, Filter(path="/1")), HERE)
        assert world.hub.channels == 1
        again.end(1001, "")


async def test_what_a_token_holder_polls_is_not_pushed_out_by_strangers() -> None:
    async with running(World(MemoryEventLog(), max_views=2)) as world:
        for number in range(2):
            await world.hub.document(filtered(number), HOLDER)
        with pytest.raises(Overloaded):
            await world.hub.document(filtered(7), HERE)
        world.timer += 30
        await world.hub.document(filtered(0), HOLDER)
        world.timer += 31
        await world.hub.document(filtered(7), HERE)
        assert world.hub.ready_json(filtered(0), HOLDER) is not None
        assert world.hub.ready_json(filtered(1), HOLDER) is None


async def test_a_token_holder_gets_in_where_strangers_have_taken_every_place() -> None:
    async with running(World(MemoryEventLog(), max_views=2)) as world:
        strangers = [await world.hub.subscribe(filtered(n), HERE) for n in range(2)]
        with pytest.raises(Overloaded):
            await world.hub.subscribe(filtered(7), THERE)
        first = await world.hub.subscribe(filtered(8), HOLDER)
        second = await world.hub.subscribe(filtered(9), HOLDER)
        assert [each.code for each in strangers] == [1013, 1013]
        with pytest.raises(Overloaded):
            await world.hub.subscribe(filtered(10), HOLDER)
        assert (first.code, second.code) == (None, None)


@pytest.fixture
async def slow() -> AsyncIterator[World]:
    """A node on a ``SlowLog`` that holds one event, its gate closed."""
    log = SlowLog()
    async with running(World(log)) as world:
        await world.send(view(world, 1))
        log.replays = 0
        log.gate.clear()
        yield world
        log.gate.set()


async def turns_taken() -> None:
    """Let every task run until all of them wait."""
    for _ in range(20):
        await asyncio.sleep(0)


def log_of(world: World) -> SlowLog:
    assert isinstance(world.log, SlowLog)
    return world.log


async def test_a_token_holder_waits_for_one_stranger_at_most(slow: World) -> None:
    order: list[str] = []

    async def read(query: ViewQuery, caller: Principal) -> None:
        await slow.hub.document(query, caller)
        order.append(caller.network if isinstance(caller, Stranger) else "owner")

    strangers = [
        asyncio.create_task(read(filtered(number), stranger(f"198.51.100.{number}")))
        for number in range(8)
    ]
    await turns_taken()
    owner = asyncio.create_task(read(filtered(99), HOLDER))
    await turns_taken()
    log_of(slow).gate.set()
    await asyncio.gather(owner, *strangers)
    assert order[:2] == ["198.51.100.0", "owner"]


async def test_the_queue_of_strangers_is_bounded(
    slow: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(address_queue, "MAX_ADDRESSES", 2)
    waiting = [
        asyncio.create_task(
            slow.hub.document(filtered(number), stranger(f"198.51.100.{number % 2}"))
        )
        for number in range(4)
    ]
    await turns_taken()
    with pytest.raises(Overloaded, match="new views"):
        await slow.hub.document(filtered(9), THERE)
    log_of(slow).gate.set()
    await asyncio.gather(*waiting)
    assert slow.hub.views_refused == {"address": 0, "all": 0, "queue": 1}


async def test_one_address_can_not_fill_the_queue(slow: World) -> None:
    """It waits for the views of one page, and others for one of them at most."""
    order: list[str] = []

    async def read(number: int, caller: Stranger) -> None:
        await slow.hub.document(filtered(number), caller)
        order.append(caller.network)

    page = [asyncio.create_task(read(n, HERE)) for n in range(address_queue.MAX_PER_ADDRESS)]
    await turns_taken()
    with pytest.raises(Overloaded, match="new views"):
        await slow.hub.document(filtered(99), HERE)
    other = asyncio.create_task(read(100, THERE))
    await turns_taken()
    log_of(slow).gate.set()
    await asyncio.gather(other, *page)
    assert order.index(THERE.network) == 1
    assert len(order) == address_queue.MAX_PER_ADDRESS + 1


async def test_who_hangs_up_leaves_no_work_behind(slow: World) -> None:
    gone = [
        asyncio.create_task(slow.hub.document(filtered(n), stranger(f"198.51.100.{n}")))
        for n in range(8)
    ]
    await turns_taken()
    for task in gone:
        task.cancel()
    await turns_taken()
    log_of(slow).gate.set()
    await slow.hub.document(filtered(99), HERE)
    assert log_of(slow).replays == 2
    assert slow.hub.channels == 1


async def test_readers_of_the_same_new_view_share_its_replay(slow: World) -> None:
    readers = [
        asyncio.create_task(slow.hub.subscribe(filtered(1), stranger(f"198.51.100.{n}")))
        for n in range(40)
    ]
    await turns_taken()
    readers.pop(0).cancel()
    log_of(slow).gate.set()
    streams: list[Subscription] = await asyncio.gather(*readers)
    assert len(streams) == 39
    assert log_of(slow).replays == 1
