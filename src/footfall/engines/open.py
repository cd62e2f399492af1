"""From a store's URL to its two ports."""

from pathlib import Path

import msgspec

from footfall.catalog.port import Catalog
from footfall.engines.memory import MemoryCatalog, MemoryEventLog
from footfall.engines.sqlite import SqliteCatalog, SqliteEventLog
from footfall.errors import InvalidInput
from footfall.eventlog.port import EventLog

SQLITE = "sqlite:///"
MEMORY = "memory://"


class Store(msgspec.Struct, frozen=True):
    """One opened store: the event log and the catalog that go together."""

    log: EventLog
    catalog: Catalog
    durable: bool
    """False: gone at exit, and in memory; so keep no raw events that no window needs."""

    async def close(self) -> None:
        await self.log.close()
        await self.catalog.close()


def open_store(url: str) -> Store:
    """``sqlite:///relative.db``, ``sqlite:////absolute.db`` or ``memory://``.

    Raises InvalidInput for other URLs, and StoreUnavailable when the store can't be opened or
    another server has it open.
    """
    if url == MEMORY:
        return Store(MemoryEventLog(), MemoryCatalog(), durable=False)
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
    return SqliteCatalog(_sqlite_path(url))


def _sqlite_path(url: str) -> Path:
    path = url.removeprefix(SQLITE)
    if path == url or not path:
        raise InvalidInput(_unknown(url), field="store")
    return Path(path)


def _unknown(url: str) -> str:
    if url.startswith("dynamodb://"):
        return f"cannot open {url}: DynamoDB is not in this build yet; use sqlite:///footfall.db"
    return (
        f"cannot open {url!r} as a store: write sqlite:///relative.db, sqlite:////absolute.db "
        "or memory://"
    )
