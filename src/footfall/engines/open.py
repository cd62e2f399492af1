"""Opens the store that a URL names: its event log, its catalog and its minutes."""

import asyncio
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec

from footfall.catalog.port import Catalog
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.memory import MemoryCatalog, MemoryEventLog, MemoryMinutes
from footfall.engines.sqlite.catalog import SqliteCatalog
from footfall.engines.sqlite.event_log import SqliteEventLog
from footfall.engines.sqlite.file import TIMEOUT_S
from footfall.engines.sqlite.minutes import SqliteMinutes
from footfall.errors import InvalidInput
from footfall.eventlog.port import EventLog
from footfall.eventlog.retention import RetentionPolicy
from footfall.history.port import MinuteStore
from footfall.times import DAY_MS, MINUTE_MS

SQLITE = "sqlite:///"
MEMORY = "memory://"
DYNAMODB = "dynamodb://"

USUAL_RETENTION = RetentionPolicy(retention_ms=30 * MINUTE_MS, raw_ms=30 * DAY_MS)
DYNAMODB_TIMEOUT_S = 5.0
"""Retries included: a table that is throttled for longer is better left alone for a while."""
DYNAMODB_APPENDS_AT_ONCE = 64
"""While one append waits for its batch to fill, others fill it."""


class StoreRequests(msgspec.Struct, frozen=True):
    """Counts of requests over the network; none for a store on this machine."""

    by_operation: dict[str, int] = {}
    """Including retries."""
    retries: int = 0


class Store(msgspec.Struct, frozen=True):
    """One opened store: the event log, the catalog and the minutes that go together."""

    event_log: EventLog
    catalog: Catalog
    minutes: MinuteStore
    durable: bool
    """False for a store in memory, which is lost at exit: it keeps only the raw events that windows
    need."""
    appends_at_once: int = 1
    """How many concurrent appends make the log faster."""
    append_timeout_s: float = TIMEOUT_S
    """How long a sender waits for its events to be stored."""
    requests: Callable[[], StoreRequests] = StoreRequests
    """The requests made so far to the service behind it."""

    unreadable: Callable[[], int] = lambda: 0
    """How many stored events could not be decoded and were set aside."""

    async def close(self) -> None:
        await asyncio.gather(self.event_log.close(), self.catalog.close())


def open_store(
    url: str, policy: RetentionPolicy = USUAL_RETENTION, timeout_s: float = TIMEOUT_S
) -> Store:
    """``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``memory://`` or
    ``dynamodb://table?region=…``. Stores that expire events by themselves follow ``policy``;
    ``timeout_s`` is how long a caller waits for a disk (DynamoDB has its own limit).

    Raises InvalidInput for other URLs, and StoreUnavailable when the store can't be opened or
    another server has it open. DynamoDB is contacted on first use, and in one event loop only.
    """
    if url == MEMORY:
        memory, minutes = MemoryEventLog(), MemoryMinutes()

        def forget(site: str) -> None:
            memory.forget(site)
            minutes.forget(site)

        return Store(memory, MemoryCatalog(forget), minutes, durable=False)
    if url.startswith(DYNAMODB):
        options = parse_options(url)
        log = _dynamodb("event_log").DynamoDbEventLog(options, policy)
        catalog = _dynamodb("catalog").DynamoDbCatalog(options)
        connections = (log.connection, catalog.connection)
        return Store(
            log,
            catalog,
            _dynamodb("minutes").DynamoDbMinutes(catalog.connection),
            durable=True,
            appends_at_once=DYNAMODB_APPENDS_AT_ONCE,
            append_timeout_s=DYNAMODB_TIMEOUT_S,
            unreadable=lambda: log.unreadable,
            requests=lambda: StoreRequests(
                dict(connections[0].requests + connections[1].requests),
                sum(connection.retries for connection in connections),
            ),
        )
    path = sqlite_path(url)
    event_log = SqliteEventLog(path, timeout_s)
    catalog = SqliteCatalog(path, event_log.file)
    return Store(
        event_log,
        catalog,
        SqliteMinutes(catalog.worker),
        durable=True,
        append_timeout_s=timeout_s,
    )


def open_catalog(url: str) -> Catalog:
    """Open only the catalog, even while a server runs on the same store. Raises InvalidInput and
    StoreUnavailable."""
    if url == MEMORY:
        raise InvalidInput(
            f"{MEMORY} exists only inside one server: use its HTTP API, "
            "or a persistent store like sqlite:///footfall.db",
            field="store",
        )
    if url.startswith(DYNAMODB):
        catalog: Catalog = _dynamodb("catalog").DynamoDbCatalog(parse_options(url))
        return catalog
    return SqliteCatalog(sqlite_path(url))


def _dynamodb(module: str) -> Any:
    """Imported on demand: the client takes a while to load and is an optional dependency."""
    try:
        return import_module(f"footfall.engines.dynamodb.{module}")
    except ModuleNotFoundError as error:
        if not (error.name or "").startswith(("aiobotocore", "botocore")):
            raise
        raise InvalidInput(
            "DynamoDB needs a client that is not installed: pip install 'footfall[dynamodb]'",
            field="store",
        ) from None


def sqlite_path(url: str) -> Path:
    """Raises InvalidInput if ``url`` names no SQLite store."""
    path = url.removeprefix(SQLITE)
    if path == url or not path:
        raise InvalidInput(_unknown(url), field="store")
    return Path(path)


def _unknown(url: str) -> str:
    return (
        f"cannot open {url!r} as a store: write sqlite:///relative.db, sqlite:////absolute.db, "
        "memory:// or dynamodb://table?region=eu-central-1"
    )
