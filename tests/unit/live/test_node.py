"""The node: restarts and late events do not change the numbers."""

import asyncio
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.engines.open import open_store
from footfall.errors import StoreUnavailable
from footfall.live import quarantine, rebuild
from footfall.live.node import Node
from footfall.live.replay import replay
from footfall.model import Batch, Event
from footfall.principal import HOLDER
from footfall.window.query import ViewQuery
from footfall.window.site import SiteWindow
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
    subscription = await world.hub.subscribe(ViewQuery("a"), HOLDER)
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


@pytest.fixture
def poison(monkeypatch: pytest.MonkeyPatch) -> str:
    """The id of an event that no window can fold, and which leaves something half done."""
    fold = SiteWindow.fold

    def stumble(window: SiteWindow, event: Event) -> None:
        fold(window, event)
        if event.id.startswith("poison"):
            raise ZeroDivisionError

    monkeypatch.setattr(SiteWindow, "fold", stumble)
    return "poison"


async def test_an_event_that_can_not_be_folded_is_set_aside(world: World, poison: str) -> None:
    await world.send(view(world, 1))
    await world.log.append([msgspec.structs.replace(view(world, 2), id=poison)])
    await world.send(view(world, 3), msgspec.structs.replace(view(world, 1), site="b"))
    async with asyncio.timeout(10):
        while len(world.hub.windows.get("a").population) != 2:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert world.hub.windows.quarantine.count >= 1
    assert not world.failed.is_set()
    assert await world.document() == world.expected()
    assert await world.document("b") == world.expected("b")
    assert await world.document(path="/*") == world.expected(path="/*")


async def test_a_restart_meets_it_again_and_goes_on(poison: str) -> None:
    log = MemoryEventLog()
    async with running(World(log)) as world:
        sent = [view(world, 1), view(world, 3)]
        await world.send(*sent)
        await log.append([msgspec.structs.replace(view(world, 2), id=poison)])
    async with running(World(log)) as restarted:
        restarted.sent = sent
        assert restarted.hub.windows.quarantine.count == 1
        assert await restarted.document() == restarted.expected()


async def test_a_log_full_of_them_is_replayed_three_times_at_most(
    poison: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MAX_REMEMBERED", 5)
    log = MemoryEventLog()
    events = [view(World(log), number) for number in range(20)]
    await log.append([msgspec.structs.replace(each, id=poison + each.id) for each in events])
    async with running(World(log)) as world:
        assert world.hub.windows.quarantine.count == 3 * 20


async def test_a_follower_that_fails_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Node, _batch: Batch) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Node, "_fold", broken)
    await world.log.append([view(world, 1)])
    async with asyncio.timeout(10):
        await world.failed.wait()
    down = [task.name for task in world.node.tasks if task.is_down]
    assert down == ["follower"]


async def test_a_rebuild_that_fails_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = 0

    async def replay_once_broken(*arguments: Any) -> SiteWindow:
        nonlocal attempts
        attempts += 1
        if attempts == 1:
            raise StoreUnavailable("the disk is full")
        return await replay(*arguments)

    monkeypatch.setattr(rebuild, "replay", replay_once_broken)
    original = view(world, 1, time=world.second * 1000 - 60_000)
    await world.send(msgspec.structs.replace(original, time=world.second * 1000 - 1_000))
    await world.send(original)
    async with asyncio.timeout(10):
        while await world.document() != world.expected():  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert attempts == 2


async def test_rebuilds_at_will_are_spaced(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each repetition that comes before its original asks for a rebuild."""
    monkeypatch.setattr(rebuild, "FIRST_PAUSE_S", 60.0)
    now = world.second * 1000
    for number in range(20):
        original = view(world, number, time=now - 60_000)
        await world.send(msgspec.structs.replace(original, time=now - 1_000))
        await world.send(original)
        for _ in range(50):
            await asyncio.sleep(0)
    assert world.node.rebuilds == 1
