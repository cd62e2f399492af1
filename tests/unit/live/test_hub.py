"""Views are opened on demand, filled from the log, shared, and closed."""

import asyncio
from random import Random

import msgspec
import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.errors import Overloaded
from footfall.principal import HOLDER
from footfall.window.query import Filter, ViewQuery
from tests.histories import Shape, history
from tests.unit.live.conftest import World, running
from tests.unit.live.test_subscription import next_message, view

FILTERS: tuple[dict[str, str], ...] = (
    {"path": "/docs*"},
    {"country": "DE"},
    {"source": "Google"},
    {"device": "mobile"},
    {"event": "signup"},
    {"goal": "Newsletter", "device": "mobile"},
)


async def test_a_view_opened_late_includes_past_events() -> None:
    random = Random(1)
    shape = Shape(events=600, people=30, span=1700, start=1_768_450_000)
    async with running(World(MemoryEventLog(), shape.start + shape.span)) as world:
        await world.send(*history(random, shape))
        for wanted in FILTERS:
            for minutes in (1, 5, 30):
                document = await world.document("a", minutes, **wanted)
                assert document == world.expected("a", minutes, **wanted)


@pytest.mark.parametrize("seed", [*range(9), 30, 39, 58])
async def test_a_view_built_while_events_come_in_counts_each_once(seed: int) -> None:
    random = Random(seed)
    shape = Shape(events=2000, people=40, span=1700, start=1_768_450_000)
    events = history(random, shape)
    random.shuffle(events)
    async with running(World(MemoryEventLog(), shape.start + shape.span)) as world:
        await world.send(*events[:1500])
        wanted = random.choice(FILTERS)
        building = asyncio.create_task(world.document("a", 10, **wanted))
        for event in events[1500:]:
            await world.send(event)
        await building
        wait_for = world.expected("a", 10, **wanted)
        # Some histories have a repetition before its original: their window is rebuilt first.
        async with asyncio.timeout(10):
            while await world.document("a", 10, **wanted) != wait_for:  # noqa: ASYNC110 - yields
                await asyncio.sleep(0)


async def test_a_cancelled_build_leaves_no_partial_view(world: World) -> None:
    shape = Shape(events=2000, people=40, span=1200, start=world.second - 1200)
    await world.send(*history(Random(3), shape))
    building = asyncio.create_task(world.document(path="/docs*"))
    for _ in range(3):
        await asyncio.sleep(0)
    building.cancel()
    await asyncio.gather(building, return_exceptions=True)
    assert building.cancelled()
    assert await world.document(path="/docs*") == world.expected(path="/docs*")


async def test_ready_json_is_there_only_for_open_views(world: World) -> None:
    query = ViewQuery("a", 5, Filter(country="DE"))
    assert world.hub.ready_json(query, HOLDER) is None
    document = await world.hub.document(query, HOLDER)
    assert world.hub.ready_json(query, HOLDER) == msgspec.json.encode(document)
    world.second += 1  # without ``pass_second``: a document is of the current second
    assert msgspec.json.decode(world.hub.ready_json(query, HOLDER) or b"") == world.expected(
        country="DE"
    )


async def test_an_unread_view_is_evicted_and_a_subscribed_one_stays() -> None:
    async with running(World(MemoryEventLog(), max_views=2)) as world:
        held = ViewQuery("a", 5, Filter(country="DE"))
        subscription = await world.hub.subscribe(held, HOLDER)
        await world.document(country="US")
        await world.document(country="JP")
        assert world.hub.ready_json(held, HOLDER) is not None
        assert world.hub.ready_json(ViewQuery("a", 5, Filter(country="US")), HOLDER) is None
        other = await world.hub.subscribe(ViewQuery("a", 5, Filter(country="FR")), HOLDER)
        with pytest.raises(Overloaded, match="FOOTFALL_MAX_VIEWS_PER_SITE"):
            await world.document(country="IT")
        other.end(1001, "")
        subscription.end(1001, "")
        assert await world.document(country="IT") == world.expected(country="IT")


async def test_a_view_closes_after_its_last_reader_and_is_right_when_reopened(world: World) -> None:
    shape = Shape(events=300, people=10, span=600, start=world.second - 600)
    await world.send(*history(Random(5), shape))
    query = ViewQuery("a", 10, Filter(path="/docs*"))
    await world.hub.document(query, HOLDER)
    world.pass_time(61)
    assert world.hub.ready_json(query, HOLDER) is None
    assert await world.document(minutes=10, path="/docs*") == world.expected(
        minutes=10, path="/docs*"
    )


async def test_windows_that_nobody_reads_are_dropped_when_empty(world: World) -> None:
    shape = Shape(events=50, people=5, span=60, start=world.second - 60)
    await world.send(*history(Random(6), shape))
    assert set(world.hub.windows.sites) == {"a", "b"}
    world.pass_time(2420)
    assert world.hub.windows.sites == ()
    assert await world.document() == world.expected()


async def test_removing_a_site_ends_its_subscriptions(world: World) -> None:
    subscription = await world.hub.subscribe(ViewQuery("a"), HOLDER)
    world.hub.site_removed("a")
    async for _ in subscription:
        pass
    assert subscription.code == 4404


async def test_a_view_lingers_from_when_its_last_reader_left(world: World) -> None:
    query = ViewQuery("a", 5, Filter(country="DE"))
    subscription = await world.hub.subscribe(query, HOLDER)
    position = (await next_message(subscription)).position
    world.pass_time(600)
    subscription.end(1001, "")
    world.pass_time(30)
    resumed = await world.hub.subscribe(query, HOLDER, position)
    assert (await next_message(resumed)).position.epoch == position.epoch
    resumed.end(1001, "")
    world.pass_time(61)
    assert world.hub.ready_json(query, HOLDER) is None


async def test_a_site_that_is_added_again_counts_in_the_overview(world: World) -> None:
    await world.send(view(world, 1))
    watching = await world.hub.subscribe_overview(("a", "b"), HOLDER)
    world.hub.site_removed("a")
    async for _ in watching:
        pass
    assert watching.code == 1012
    await world.send(view(world, 2))
    overview = await world.hub.overview(("a", "b"), HOLDER)
    assert [row.current_visitors for row in overview.sites] == [1, 0]


async def test_a_view_that_closes_while_another_is_built_leaves_that_one_whole() -> None:
    shape = Shape(events=2000, people=40, span=1200, start=1_768_450_000)
    async with running(World(MemoryEventLog(), shape.start + shape.span, linger=1)) as world:
        await world.send(*history(Random(3), shape))
        await world.document(minutes=30, country="DE")
        building = asyncio.create_task(world.document(minutes=30, path="/docs*"))
        for _ in range(3):
            await asyncio.sleep(0)
        world.pass_time(3)  # closes the first view
        await building
        wanted = world.expected(minutes=30, path="/docs*")
        assert await world.document(minutes=30, path="/docs*") == wanted
