"""The node: restarts and late events do not change the numbers."""

import asyncio
from pathlib import Path
from random import Random

import msgspec
import pytest

from footfall.engines.open import open_store
from footfall.window.query import ViewQuery
from tests.histories import Shape, history
from tests.unit.live.conftest import World, running
from tests.unit.live.test_subscription import next_message, view


@pytest.mark.parametrize("scheme", ["memory://", "sqlite"])
async def test_a_restart_gives_the_same_documents(scheme: str, tmp_path: Path) -> None:
    store = open_store(scheme if scheme != "sqlite" else f"sqlite:///{tmp_path}/footfall.db")
    shape = Shape(events=800, people=30, span=2300, start=1_768_450_000)
    second = shape.start + shape.span
    events = history(Random(2), shape)
    async with running(World(store.event_log, second)) as world:
        await world.send(*events)
        before = [await world.document(site, minutes) for site in "ab" for minutes in (1, 5, 30)]
    async with running(World(store.event_log, second)) as restarted:
        restarted.sent = events
        after = [await restarted.document(site, minutes) for site in "ab" for minutes in (1, 5, 30)]
        assert before == after
        assert after[0] == restarted.expected("a", 1)
    await store.close()


async def test_an_original_that_arrives_after_its_repetition_causes_a_rebuild(world: World) -> None:
    now = world.second * 1000
    subscription = await world.hub.subscribe(ViewQuery("a"))
    first = (await next_message(subscription)).position
    original = view(world, 1, time=now - 60_000)
    again = msgspec.structs.replace(original, time=now - 1_000)
    await world.send(again)
    await world.document(path="/*")
    await world.send(original)
    async with asyncio.timeout(10):
        while True:
            message = await next_message(subscription)
            if message.position.epoch != first.epoch:
                break
    assert world.node.rebuilds == 1
    assert msgspec.json.decode(message.text)["type"] == "snapshot"
    assert await world.document() == world.expected()
    assert await world.document(path="/*") == world.expected(path="/*")
    assert (await world.document())["pageViews"] == 1
    await world.send(view(world, 2))
    assert await world.document() == world.expected()


async def test_the_lag_is_zero_when_nothing_waits(world: World) -> None:
    assert world.node.lag_seconds() == 0.0
    await world.send(view(world, 1))
    assert world.node.lag_seconds() == 0.0
