"""From a store's URL to its two ports."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from footfall.catalog.port import Catalog
from footfall.engines.memory import MemoryCatalog, MemoryEventLog
from footfall.engines.sqlite import SqliteCatalog, SqliteEventLog
from footfall.errors import InvalidInput
from footfall.eventlog.port import EventLog
from footfall.eventlog.retention import DAY_MS, Keep

SQLITE = "sqlite:///"
MEMORY = "memory://"
DYNAMODB = "dynamodb://"

USUAL_KEEP = Keep(retention_ms=1_800_000, raw_ms=30 * DAY_MS)
APPENDS_AT_ONCE = 64
"""Of DynamoDB: while one waits for its batch to fill, others fill it."""


class Traffic(msgspec.Struct, frozen=True):
    """Requests over the network; none for a store in this machine."""

    requests: dict[str, int] = {}
    """By operation, those tried again included."""
    retries: int = 0


class Store(msgspec.Struct, frozen=True):
    """One opened store: the event log and the catalog that go together."""

    log: EventLog
    catalog: Catalog
    durable: bool
    """False: gone at exit, and in memory; so keep no raw events that no window needs."""
    appends_at_once: int = 1
    """How many appends under way the log gains from."""
    traffic: Callable[[], Traffic] = Traffic
    """What it has asked so far of a service that it is kept in."""

    async def close(self) -> None:
        await self.log.close()
        await self.catalog.close()


def open_store(url: str, keep: Keep = USUAL_KEEP) -> Store:
    """``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``memory://`` or
    ``dynamodb://table?region=…``. ``keep`` is for stores that remove old events by themselves.

    Raises InvalidInput for other URLs, and StoreUnavailable when the store can't be opened or
    another server has it open. DynamoDB is asked when it is first used, in the same event loop.
    """
    if url == MEMORY:
        return Store(MemoryEventLog(), MemoryCatalog(), durable=False)
    if url.startswith(DYNAMODB):
        engine = _dynamodb()
        options = engine.parse_options(url)
        log, catalog = engine.DynamoDbEventLog(options, keep), engine.DynamoDbCatalog(options)
        connections = (log.connection, catalog.connection)
        return Store(
            log,
            catalog,
            durable=True,
            appends_at_once=APPENDS_AT_ONCE,
            traffic=lambda: Traffic(
                dict(connections[0].requests + connections[1].requests),
                sum(connection.retries for connection in connections),
            ),
        )
    path = _sqlite_path(url)
    return Store(SqliteEventLog(path), SqliteCatalog(path), durable=True)


def open_catalog(url: str) -> Catalog:
    """The catalog alone, beside a server that may be running on the same store."""
    if url == MEMORY:
        raise InvalidInput(
            f"{MEMORY} lives inside one server and ends with it: use its HTTP API, "
            "or a store that lasts, like sqlite:///footfall.db",
            field="store",
        )
    if url.startswith(DYNAMODB):
        engine = _dynamodb()
        catalog: Catalog = engine.DynamoDbCatalog(engine.parse_options(url))
        return catalog
    return SqliteCatalog(_sqlite_path(url))


def _dynamodb() -> Any:
    """Imported when asked for: its client takes a while to load, and is an extra."""
    try:
        return import_module("footfall.engines.dynamodb")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("aiobotocore", "botocore")):
            raise
        raise InvalidInput(
            "DynamoDB needs a client that is not installed: pip install 'footfall[dynamodb]'",
            field="store",
        ) from None


def _sqlite_path(url: str) -> Path:
    path = url.removeprefix(SQLITE)
    if path == url or not path:
        raise InvalidInput(_unknown(url), field="store")
    return Path(path)


def _unknown(url: str) -> str:
    return (
        f"cannot open {url!r} as a store: write sqlite:///relative.db, sqlite:////absolute.db, "
        "memory:// or dynamodb://table?region=eu-central-1"
    )
