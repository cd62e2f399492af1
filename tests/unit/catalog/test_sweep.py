"""Removed sites are swept in the background, also after a stop in the midst of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from footfall.catalog import sweep as module
from footfall.catalog.cache import CatalogCache
from footfall.catalog.sweep import Sweep
from footfall.engines.open import Store, open_store
from footfall.engines.sqlite import catalog_jobs
from footfall.errors import StoreUnavailable
from footfall.model import Site
from tests.events import event, stored
from tests.serving import PATIENCE, Clock, until

SITE = Site(id="a", name="A")
MANY = 5_000


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/store.db")
    await opened.catalog.put_site(SITE)
    await opened.event_log.append([event(n) for n in range(MANY)])
    yield opened
    await opened.close()


@pytest.fixture
async def cache(store: Store, monkeypatch: pytest.MonkeyPatch) -> CatalogCache:
    monkeypatch.setattr(catalog_jobs, "REMOVAL_GRACE_S", -1)
    monkeypatch.setattr(module, "CHECK_S", 0.01)
    cache = CatalogCache(store.catalog, Clock(), lambda: True)
    await cache.refresh()
    return cache


async def swept(cache: CatalogCache) -> None:
    async def is_swept() -> bool:
        return not cache.removed

    await until(is_swept)


async def test_a_removed_site_is_swept_and_forgotten(store: Store, cache: CatalogCache) -> None:
    sweep = Sweep(cache)
    sweep.start()
    await cache.delete_site("a")
    await swept(cache)
    assert sweep.swept == MANY
    assert await stored(store.event_log) == []
    await sweep.stop()


async def test_a_stop_does_not_wait_and_the_next_start_goes_on(
    store: Store, cache: CatalogCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SHARE", 1e-9)
    first = Sweep(cache)
    first.start()
    await cache.delete_site("a")

    async def has_begun() -> bool:
        return first.swept > 0

    await until(has_begun)
    async with asyncio.timeout(PATIENCE):
        await first.stop()
    assert len(await stored(store.event_log)) == MANY - first.swept > 0
    monkeypatch.setattr(module, "SHARE", 1)
    second = Sweep(cache)
    second.start()
    await swept(cache)
    await second.stop()
    assert await stored(store.event_log) == []


async def test_a_store_that_fails_is_tried_again(
    store: Store, cache: CatalogCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = 0

    async def fail() -> int:
        nonlocal failures
        failures += 1
        monkeypatch.undo()
        raise StoreUnavailable("down")

    monkeypatch.setattr(catalog_jobs, "REMOVAL_GRACE_S", -1)
    monkeypatch.setattr(module, "CHECK_S", 0.01)
    monkeypatch.setattr(store.catalog, "sweep", fail)
    sweep = Sweep(cache)
    sweep.start()
    await cache.delete_site("a")

    async def is_empty() -> bool:
        return await store.event_log.first_event("a") is None

    await until(is_empty)
    assert failures == 1
    assert sweep.task.failures == 0
    await sweep.stop()
