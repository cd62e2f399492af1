"""Every engine, for every test of this folder.

A new engine adds itself to ``ENGINES``: a way to open the same store again and again.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from footfall.catalog.port import Catalog
from footfall.engines.open import Store, open_store
from footfall.eventlog.port import EventLog

ENGINES: dict[str, Callable[[Path], str]] = {
    "memory": lambda _: "memory://",
    "sqlite": lambda folder: f"sqlite:///{folder}/store.db",
}
"""From an empty folder to the store's URL."""

LASTING = [name for name in ENGINES if name != "memory"]
"""The engines that keep events over a restart."""

Reopen: TypeAlias = Callable[[], Awaitable[Store]]


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ENGINES[request.param](tmp_path)


@pytest.fixture(params=LASTING)
def lasting_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return ENGINES[request.param](tmp_path)


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
def log(store: Store) -> EventLog:
    return store.log


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return store.catalog
