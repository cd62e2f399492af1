"""Minutes are stored as they pass, and wait while the store takes none."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from footfall.engines.memory import MemoryMinutes
from footfall.errors import StoreUnavailable
from footfall.history import recorder as module
from footfall.history.recorder import MinuteRecorder
from footfall.model import MinuteCounts


class UnsteadyMinutes(MemoryMinutes):
    """Takes nothing while ``is_down``."""

    is_down = False

    async def put(self, minutes: Mapping[str, Sequence[MinuteCounts]]) -> None:
        if self.is_down:
            raise StoreUnavailable("the disk is full")
        await super().put(minutes)


def minute(number: int) -> MinuteCounts:
    return MinuteCounts(number, 3, 2, 1, 5)


async def kept(store: MemoryMinutes, site: str = "shop") -> list[int]:
    return [each.minute for each in await store.read(site, 0, 1_000_000)]


async def test_minutes_are_stored_as_they_pass() -> None:
    store = MemoryMinutes()
    recorder = MinuteRecorder(store)
    recorder.start(10, ())
    recorder.add("shop", [minute(9), minute(10)])
    recorder.add("blog", [minute(11)])
    async with asyncio.timeout(5):
        while recorder.stored < 2:  # noqa: ASYNC110 - it stores by itself
            await asyncio.sleep(0)
    await recorder.stop()
    assert (await kept(store), await kept(store, "blog")) == ([10], [11])


async def test_minutes_wait_while_the_store_is_down() -> None:
    store = UnsteadyMinutes()
    recorder = MinuteRecorder(store)
    recorder.start(0, ())
    store.is_down = True
    recorder.add("shop", [minute(1)])
    with pytest.raises(StoreUnavailable):
        await recorder.store_waiting()
    store.is_down = False
    recorder.add("shop", [minute(2)])
    await recorder.store_waiting()
    await recorder.stop()
    assert await kept(store) == [1, 2]
    assert (recorder.stored, recorder.lost) == (2, 0)


async def test_a_site_waits_for_its_backfill() -> None:
    store = MemoryMinutes()
    recorder = MinuteRecorder(store)
    recorder.start(0, ["shop"])
    recorder.add("shop", [minute(1)])
    recorder.add("blog", [minute(1)])
    await recorder.store_waiting()
    assert (await kept(store), await kept(store, "blog")) == ([], [1])
    recorder.release("shop")
    await recorder.store_waiting()
    await recorder.stop()
    assert await kept(store) == [1]


async def test_a_removed_site_leaves_none_that_waits() -> None:
    store = MemoryMinutes()
    recorder = MinuteRecorder(store)
    recorder.start(0, ["shop"])
    recorder.add("shop", [minute(1)])
    recorder.forget("shop")
    recorder.add("shop", [minute(2)])  # of a new site with the same id
    await recorder.store_waiting()
    await recorder.stop()
    assert await kept(store) == [2]


async def test_what_can_not_wait_any_longer_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    recorder = MinuteRecorder(MemoryMinutes())
    recorder.start(0, ())
    recorder.add("old", [minute(1), minute(2)])
    recorder.add("new", [minute(3), minute(4)])
    await recorder.stop()
    assert recorder.lost == 2
