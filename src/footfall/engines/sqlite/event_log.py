"""The event log in SQLite: one thread writes, another reads."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

import msgspec

from footfall.background import BackgroundTask
from footfall.engines.sqlite import statements
from footfall.engines.sqlite.file import TIMEOUT_S, DatabaseFile
from footfall.engines.sqlite.lock import ServeLock
from footfall.engines.sqlite.upkeep import Upkeep
from footfall.engines.sqlite.worker import Worker
from footfall.engines.tails import StoreTail, Tails
from footfall.eventlog.port import Cutoffs
from footfall.model import Batch, Event, Offset

Place: TypeAlias = tuple[int, str, Offset]
"""(time, id, offset) of an event: the order of ``replay``."""

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(list[Event]).decode


class SqliteEventLog:
    """See ``eventlog.port.EventLog``. Holds the file's lock: one server per file."""

    def __init__(self, path: Path, timeout_s: float = TIMEOUT_S) -> None:
        """Raises StoreUnavailable when the file can't be opened or another server has it."""
        self._lock = ServeLock(path)
        self.file = DatabaseFile(path, timeout_s)
        try:
            self._writer = Worker(self.file, "footfall-sqlite-writer")
            self._reader = Worker(self.file, "footfall-sqlite-reader")
            self._tails = Tails(_end(self.file), self._read_after)
        except BaseException:
            self._lock.release()
            raise
        self._upkeep = Upkeep(self.file, self._writer)
        self._is_closed = False

    async def append(self, events: Sequence[Event]) -> None:
        if events:
            loop = asyncio.get_running_loop()
            await self._writer.run(partial(self._insert, loop=loop, events=events))

    async def probe(self) -> None:
        await self._writer.run(_probe)

    async def tail(self) -> StoreTail:
        self._upkeep.start()
        return self._tails.open()

    async def replay(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        """Reads one chunk ahead while the caller processes the last."""
        ahead = self._read_chunk(site, (since, "", 0), until)
        try:
            while True:
                events, place = await ahead
                if not events:
                    return
                ahead = self._read_chunk(site, place, until)
                yield events
        finally:
            ahead.cancel()

    async def first_event(self, site: str) -> int | None:
        return await self._reader.run(partial(_first_event, site=site))

    async def prune(self, cutoffs: Cutoffs) -> int:
        return await self._writer.run(partial(_prune, file=self.file, cutoffs=cutoffs))

    @property
    def tasks(self) -> Sequence[BackgroundTask]:
        return (self._upkeep.task,)

    def problem(self) -> str | None:
        return self.file.problem()

    async def close(self) -> None:
        if not self._is_closed:
            self._is_closed = True
            await self._upkeep.stop()
            await asyncio.gather(self._writer.close(), self._reader.close())
            self._tails.close()
            self._lock.release()

    def _insert(
        self,
        connection: sqlite3.Connection,
        *,
        loop: asyncio.AbstractEventLoop,
        events: Sequence[Event],
    ) -> None:
        """Runs on the writer's thread, so that batches are delivered in the order of their
        commits, even if the caller of ``append`` was cancelled."""
        batch = _encode(events).decode()
        last = connection.execute(statements.INSERT, (batch,)).lastrowid
        assert last is not None
        self._tails.deliver_threadsafe(loop, Batch(last, list(events)))

    def _read_chunk(
        self, site: str, after: Place, until: Offset
    ) -> asyncio.Task[tuple[list[Event], Place]]:
        return asyncio.create_task(
            self._reader.run(partial(_chunk, site=site, after=after, until=until))
        )

    async def _read_after(self, after: Offset, until: Offset) -> Batch:
        return await self._reader.run(partial(_after, after=after, until=until))


def _end(file: DatabaseFile) -> Offset:
    connection = file.connect()
    try:
        with file.explained():
            end: Offset = connection.execute(statements.END).fetchone()[0]
    finally:
        file.disconnect(connection)
    return end


def _probe(connection: sqlite3.Connection) -> None:
    connection.execute(statements.PROBE)


def _chunk(
    connection: sqlite3.Connection, *, site: str, after: Place, until: Offset
) -> tuple[list[Event], Place]:
    limits = (until, statements.CHUNK)
    bodies, offsets = connection.execute(statements.REPLAY, (site, *after, *limits)).fetchone()
    if bodies is None:
        return [], after
    events = _decode(f"[{bodies}]")
    return events, (events[-1].time, events[-1].id, int(offsets.rpartition(",")[2]))


def _after(connection: sqlite3.Connection, *, after: Offset, until: Offset) -> Batch:
    limits = (after, until, statements.CHUNK)
    bodies, last = connection.execute(statements.READ_AFTER, limits).fetchone()
    events = _decode(f"[{bodies}]") if bodies else []
    return Batch(last if len(events) == statements.CHUNK else until, events)


def _first_event(connection: sqlite3.Connection, *, site: str) -> int | None:
    time: int | None = connection.execute(statements.FIRST_EVENT, (site,)).fetchone()[0]
    return time


def _prune(connection: sqlite3.Connection, *, file: DatabaseFile, cutoffs: Cutoffs) -> int:
    if touched := _touch(connection, sql=statements.PRUNE_LINKS, value=cutoffs.links):
        file.has_traces = True
        return touched
    for sql, value in (
        (statements.PRUNE_SIGNALS, cutoffs.signals),
        (statements.PRUNE_EVENTS, cutoffs.events),
    ):
        if touched := _touch(connection, sql=sql, value=value):
            return touched
    return 0


def _touch(connection: sqlite3.Connection, *, sql: str, value: int) -> int:
    return connection.execute(sql, (value, statements.PRUNE_STEP)).rowcount
