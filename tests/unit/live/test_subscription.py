"""A subscriber gets a snapshot, then only what changed, always in its newest state."""

import asyncio
from random import Random
from typing import Any

import msgspec
import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.errors import Overloaded
from footfall.live.channel import WAKE_AT_ONCE
from footfall.live.message import Message
from footfall.live.subscription import Subscription
from footfall.model import Event, Position
from footfall.principal import HOLDER
from footfall.window.query import Filter, ViewQuery
from tests.copy import Copy
from tests.histories import Shape, history
from tests.unit.live.conftest import World, running

VIEW = ViewQuery("a")


async def next_message(subscription: Subscription) -> Message:
    async with asyncio.timeout(10):
        return await anext(subscription)


async def catch_up(subscription: Subscription, copy: Copy) -> None:
    """Apply messages until none is left."""
    while True:
        for _ in range(3):
            await asyncio.sleep(0)  # lets a due push run
        try:
            async with asyncio.timeout(0):
                copy.apply(await anext(subscription))
        except TimeoutError:
            return


def view(world: World, number: int, **fields: Any) -> Event:
    """A page view of ``/`` by visitor ``number``, now."""
    given: dict[str, Any] = {"time": world.second * 1000, "type": "pageview", **fields}
    return Event(
        site="a", id=f"e{number}", visitor=number, host="x", path="/", sid=f"s{number}", **given
    )


async def test_a_snapshot_comes_first_and_is_the_document(world: World) -> None:
    await world.send(view(world, 1))
    copy = Copy()
    copy.apply(await next_message(await world.hub.subscribe(VIEW, HOLDER)))
    assert copy.kinds == ["snapshot"]
    assert copy.document == await world.document() == world.expected()
    assert copy.document["currentVisitors"] == copy.document["presentVisitors"] == 1


async def test_an_update_has_only_what_changed(world: World) -> None:
    await world.send(view(world, 1))
    subscription = await world.hub.subscribe(VIEW, HOLDER)
    await next_message(subscription)
    await world.send(view(world, 2, type="ping"))
    update = msgspec.json.decode((await next_message(subscription)).text)
    assert update["type"] == "update"
    assert update["currentVisitors"] == 2
    assert not {"pageViews", "recentEvents", "events", "goals", "siteId"} & update.keys()


async def test_numbers_fall_without_any_event(world: World) -> None:
    await world.send(view(world, 1))
    subscription = await world.hub.subscribe(VIEW, HOLDER)
    copy = Copy()
    copy.apply(await next_message(subscription))
    world.pass_time(45)
    await catch_up(subscription, copy)
    assert (copy.document["presentVisitors"], copy.document["currentVisitors"]) == (0, 1)
    world.pass_time(255)
    await catch_up(subscription, copy)
    assert copy.document["currentVisitors"] == 0
    assert copy.document == world.expected()


@pytest.mark.parametrize("seed", range(12))
async def test_copies_of_quick_slow_and_returning_readers_equal_the_document(seed: int) -> None:
    random = Random(seed)
    shape = Shape(events=150, people=8, span=900, repeats=0.1, start=1_768_450_000)
    async with running(World(MemoryEventLog(), shape.start)) as world:
        query = ViewQuery("a", 5, Filter(**random.choice(({}, {"path": "/docs*"}))), 10)
        quick, slow, returning = [await world.hub.subscribe(query, HOLDER) for _ in range(3)]
        copies = {"quick": Copy(10), "slow": Copy(10), "returning": Copy(10)}
        for event in history(random, shape):
            world.pass_time(max(0, event.time // 1000 - world.second))
            await world.send(event)
            await catch_up(quick, copies["quick"])
            if random.random() < 0.05:
                await catch_up(slow, copies["slow"])
            if random.random() < 0.1:
                await catch_up(returning, copies["returning"])
                returning.end(1001, "")
                returning = await world.hub.subscribe(query, HOLDER, copies["returning"].position)
        world.pass_time(random.randrange(60))
        await catch_up(slow, copies["slow"])
        await catch_up(quick, copies["quick"])
        await catch_up(returning, copies["returning"])
        document = msgspec.to_builtins(await world.hub.document(query, HOLDER))
        for name, copy in copies.items():
            copy.document["asOf"] = document["asOf"]  # all else is as in its last message
            copy.age()
            assert copy.document == document, name
        assert copies["returning"].kinds.count("snapshot") == 1


async def test_a_stalled_reader_skips_to_the_newest_state(world: World) -> None:
    stalled = await world.hub.subscribe(VIEW, HOLDER)
    other = await world.hub.subscribe(VIEW, HOLDER)
    slow, quick = Copy(), Copy()
    slow.apply(await next_message(stalled))
    quick.apply(await next_message(other))
    for number in range(200):
        await world.send(view(world, number))
        quick.apply(await next_message(other))
    slow.apply(await next_message(stalled))
    assert slow.kinds == ["snapshot", "update"]
    assert slow.document == quick.document == await world.document()


async def test_reconnecting_with_a_position_gives_what_was_missed(world: World) -> None:
    await world.send(view(world, 1))
    first = await world.hub.subscribe(VIEW, HOLDER)
    copy = Copy()
    copy.apply(await next_message(first))
    first.end(1001, "")
    await world.send(view(world, 2))
    copy.apply(await next_message(await world.hub.subscribe(VIEW, HOLDER, copy.position)))
    assert copy.kinds == ["snapshot", "update"]
    assert copy.document == world.expected()


async def test_reconnecting_with_nothing_missed_gives_a_tick_at_once(world: World) -> None:
    first = await world.hub.subscribe(VIEW, HOLDER)
    position = (await next_message(first)).position
    again = await next_message(await world.hub.subscribe(VIEW, HOLDER, position))
    assert msgspec.json.decode(again.text)["type"] == "tick"


@pytest.mark.parametrize(
    "position", [Position("elsewhere", 1), Position("", 0), Position("elsewhere", 10**9)]
)
async def test_an_unknown_position_gives_a_snapshot(world: World, position: Position) -> None:
    message = await next_message(await world.hub.subscribe(VIEW, HOLDER, position))
    assert msgspec.json.decode(message.text)["type"] == "snapshot"


async def test_a_future_version_of_this_epoch_gives_a_snapshot(world: World) -> None:
    epoch = (await next_message(await world.hub.subscribe(VIEW, HOLDER))).position.epoch
    message = await next_message(await world.hub.subscribe(VIEW, HOLDER, Position(epoch, 99)))
    assert msgspec.json.decode(message.text)["type"] == "snapshot"


async def test_subscribers_at_the_same_position_share_one_text(world: World) -> None:
    subscriptions = [await world.hub.subscribe(VIEW, HOLDER) for _ in range(3)]
    texts = {id((await next_message(each)).text) for each in subscriptions}
    await world.send(view(world, 1))
    updates = {id((await next_message(each)).text) for each in subscriptions}
    assert len(texts) == len(updates) == 1


async def test_an_event_that_arrives_late_resets_the_feed(world: World) -> None:
    await world.send(view(world, 1), view(world, 2))
    subscription = await world.hub.subscribe(VIEW, HOLDER)
    copy = Copy()
    copy.apply(await next_message(subscription))
    await world.send(view(world, 0, time=world.second * 1000 - 30_000))
    message = await next_message(subscription)
    assert msgspec.json.decode(message.text)["feedReset"] is True
    copy.apply(message)
    assert copy.document == world.expected()


async def test_a_quiet_channel_ticks() -> None:
    async with running(World(MemoryEventLog(), tick_after=0)) as world:
        subscription = await world.hub.subscribe(VIEW, HOLDER)
        await next_message(subscription)
        world.pass_time(1)
        tick = msgspec.json.decode((await next_message(subscription)).text)
        assert tick["type"] == "tick"
        assert tick["asOf"] == world.expected()["asOf"]


async def test_updates_within_the_interval_are_merged() -> None:
    async with running(World(MemoryEventLog(), update_interval=0.05)) as world:
        subscription = await world.hub.subscribe(VIEW, HOLDER)
        copy = Copy()
        copy.apply(await next_message(subscription))
        for number in range(30):
            await world.send(view(world, number))
        while copy.document["pageViews"] < 30:
            copy.apply(await next_message(subscription))
        assert len(copy.kinds) < 30
        assert copy.document == world.expected()


async def test_a_change_right_after_another_is_pushed_at_once_and_the_next_waits() -> None:
    async with running(World(MemoryEventLog(), update_interval=3600.0)) as world:
        subscription = await world.hub.subscribe(VIEW, HOLDER)
        await next_message(subscription)
        for number in range(2):
            await world.send(view(world, number))
            update = msgspec.json.decode((await next_message(subscription)).text)
            assert update["pageViews"] == number + 1
        await world.send(view(world, 2))
        waiting = asyncio.create_task(next_message(subscription))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
        waiting.cancel()


async def test_the_first_end_decides_code_and_reason(world: World) -> None:
    subscription = await world.hub.subscribe(VIEW, HOLDER)
    subscription.end(4401, "revoked")
    subscription.end(1001, "gone")
    assert [message async for message in subscription] == []
    assert (subscription.code, subscription.reason) == (4401, "revoked")


async def test_closing_ends_all_subscriptions_and_refuses_new_ones(world: World) -> None:
    subscription = await world.hub.subscribe(VIEW, HOLDER)
    world.hub.close()
    assert [message async for message in subscription] == []
    assert subscription.code == 1012
    with pytest.raises(Overloaded):
        await world.hub.subscribe(VIEW, HOLDER)


async def test_an_update_for_very_many_readers_leaves_turns_to_others(world: World) -> None:
    await world.send(view(world, 1))
    subscriptions = [await world.hub.subscribe(VIEW, HOLDER) for _ in range(1_000)]
    sent = 0

    async def read(subscription: Subscription) -> None:
        nonlocal sent
        async for _ in subscription:
            sent += 1

    readers = [asyncio.create_task(read(each)) for each in subscriptions]
    while sent < len(readers):  # noqa: ASYNC110 - only yields to the readers
        await asyncio.sleep(0)
    sent = most = 0
    await world.send(view(world, 2))
    while sent < len(readers):
        before = sent
        await asyncio.sleep(0)
        most = max(most, sent - before)
    assert 0 < most <= WAKE_AT_ONCE
    for each in subscriptions:
        each.end(1000, "")
    await asyncio.gather(*readers)
