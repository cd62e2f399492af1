"""A hub and a node on an event log in memory, with a clock that the test sets."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from footfall.engines.memory import MemoryEventLog
from footfall.eventlog.port import EventLog
from footfall.live import rebuild
from footfall.live.hub import Hub, LiveOptions
from footfall.live.node import Node
from footfall.live.windows import Windows
from footfall.model import Event
from footfall.principal import HOLDER
from footfall.window.limits import WindowLimits
from footfall.window.query import Filter, ViewQuery
from tests.histories import MIDNIGHT
from tests.oracle import expected

SITES = ("a", "b")


class World:
    """One node. ``second`` is its time, which only the test changes."""

    def __init__(self, log: EventLog, second: int = MIDNIGHT + 7200, **options: Any) -> None:
        self.second = second
        self.log = log
        self.sent: list[Event] = []
        self.failed = asyncio.Event()
        given = {"update_interval": 0.0, **options}
        windows = Windows(WindowLimits(), lambda: self.second)
        self.timer = 0.0
        self.hub = Hub(log, windows, LiveOptions(**given), str.upper, lambda: self.timer)
        self.node = Node(log, self.hub, lambda: SITES, lambda: self.second * 1000, self.failed.set)

    async def send(self, *events: Event) -> None:
        """Append events, and wait until the windows have them."""
        folded = self.node.folded + len(events)
        await self.log.append(events)
        self.sent += events
        async with asyncio.timeout(10):
            while self.node.folded < folded:  # noqa: ASYNC110 - only yields to other tasks
                await asyncio.sleep(0)

    def pass_time(self, seconds: int) -> None:
        for _ in range(seconds):
            self.second += 1
            self.timer += 1
            list(self.node.pass_second())

    async def document(self, site: str = "a", minutes: int = 5, **wanted: str) -> Any:
        query = ViewQuery(site, minutes, Filter(**wanted))
        return msgspec.to_builtins(await self.hub.document(query, HOLDER))

    def expected(self, site: str = "a", minutes: int = 5, **wanted: str) -> Any:
        return expected(self.sent, site=site, now=self.second, minutes=minutes, wanted=wanted)


@pytest.fixture(autouse=True)
def no_pause_between_rebuilds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents are compared as soon as they can be right; the pauses have a test of their own."""
    monkeypatch.setattr(rebuild, "FIRST_PAUSE_S", 0.0)


@contextlib.asynccontextmanager
async def running(world: World) -> AsyncIterator[World]:
    await world.node.start()
    try:
        yield world
    finally:
        world.hub.close()
        await world.node.stop()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with running(World(MemoryEventLog())) as started:
        yield started
