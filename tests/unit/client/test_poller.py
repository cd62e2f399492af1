import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from footfall.client import (
    AsyncRealtimePoller,
    ClientConfig,
    RealtimePoller,
    create_realtime_poller,
)
from footfall.errors import NotFound
from tests.serving import PATIENCE, PUBLIC
from tests.unit.client.conftest import visit

SOON = 1
"""The shortest interval, in seconds."""


class Changes:
    """Waits for changes of a poller, from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()
        self.count = 0

    def __call__(self) -> None:
        self.count += 1
        self._loop.call_soon_threadsafe(self._changed.set)

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()


async def test_a_poller_in_a_thread_reads_repeatedly(config: ClientConfig) -> None:
    changes = Changes()
    poller = RealtimePoller(config, SOON, changes)
    assert (poller.data, poller.is_loading, poller.error) == (None, False, None)
    poller.start()
    assert poller.is_loading or poller.data is not None
    await changes.until(lambda: poller.data is not None)
    assert not poller.is_loading
    await visit(config.base_url)
    await changes.until(lambda: poller.data is not None and poller.data.current_visitors == 1)
    await asyncio.to_thread(poller.stop)
    last = poller.data
    await visit(config.base_url, "/other")
    assert poller.data is last


async def test_a_poller_in_the_event_loop_reads_repeatedly(config: ClientConfig) -> None:
    changes = Changes()
    async with AsyncRealtimePoller(config, SOON, changes) as poller:
        assert poller.is_loading
        await changes.until(lambda: poller.data is not None)
        await visit(config.base_url)
        await changes.until(lambda: poller.data is not None and poller.data.current_visitors == 1)
    assert not poller.is_loading


async def test_it_gives_up_when_the_server_refuses_for_good(config: ClientConfig) -> None:
    wrong = replace(config, site_id="nowhere")
    changes = Changes()
    poller = RealtimePoller(wrong, SOON, changes)
    in_loop = AsyncRealtimePoller(wrong, SOON, changes)
    poller.start()
    in_loop.start()
    for each in (poller, in_loop):
        await changes.until(lambda each=each: each.error is not None)  # type: ignore[misc]
        assert isinstance(each.error, NotFound)
        assert each.data is None
    await asyncio.to_thread(poller.stop)
    await in_loop.stop()


async def test_create_realtime_poller_gives_a_poller_that_starts_and_stops(server: str) -> None:
    config = {"base_url": server, "site_id": PUBLIC}
    poller = create_realtime_poller(config, interval_seconds=60)
    await asyncio.to_thread(poller.start)
    await asyncio.to_thread(poller.stop)
    assert not poller.is_loading


@pytest.mark.parametrize("interval", [-0.005, float("nan")])
async def test_a_shorter_interval_is_a_second(config: ClientConfig, interval: float) -> None:
    changes, clock = Changes(), asyncio.get_running_loop().time
    started = clock()
    async with AsyncRealtimePoller(config, interval, changes):
        await changes.until(lambda: changes.count == 2)
    assert clock() - started >= SOON
