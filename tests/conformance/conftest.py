"""Runs every test of this folder on every engine.

To add an engine, add its name to ``ENGINES`` and the URL of an empty store to ``new_url``.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from typing import TypeAlias

import pytest

from footfall.catalog.port import Catalog
from footfall.engines import tails
from footfall.engines.dynamodb import connection
from footfall.engines.open import Store, open_store
from footfall.eventlog.port import EventLog
from tests.tables import new_table

ENGINES = ("memory", "sqlite", "dynamodb")

DURABLE = tuple(name for name in ENGINES if name != "memory")
"""The engines that keep events after a restart."""

SLOW = 20
"""The emulator is slow: its tests divide numbers of events and buffer sizes by this."""

PATIENCE_S = 60
"""For one answer of the emulator, on a busy machine."""

NewUrl: TypeAlias = Callable[[str], str]


@pytest.fixture
def new_url(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    aws_credentials: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[NewUrl]:
    """A function from an engine's name to the URL of a new store."""
    monkeypatch.setattr(connection, "READ_TIMEOUT_S", PATIENCE_S)
    with ExitStack() as stack:

        def make(engine: str) -> str:
            if engine == "memory":
                return "memory://"
            if engine == "sqlite":
                return f"sqlite:///{tmp_path_factory.mktemp('store')}/store.db"
            endpoint = request.getfixturevalue("dynamodb_endpoint")
            return stack.enter_context(new_table(endpoint))

        yield make


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def url(engine: str, new_url: NewUrl) -> str:
    return new_url(engine)


@pytest.fixture(params=DURABLE)
def durable_url(request: pytest.FixtureRequest, new_url: NewUrl) -> str:
    return new_url(request.param)


@pytest.fixture
def scale(engine: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """What a test divides its number of events by, if the number is large."""
    if engine != "dynamodb":
        return 1
    monkeypatch.setattr(tails, "MAX_BUFFERED_EVENTS", tails.MAX_BUFFERED_EVENTS // SLOW)
    return SLOW


@pytest.fixture
async def store(url: str) -> AsyncIterator[Store]:
    opened = open_store(url)
    yield opened
    await opened.close()


@pytest.fixture
def log(store: Store) -> EventLog:
    return store.event_log


@pytest.fixture
def catalog(store: Store) -> Catalog:
    return store.catalog
