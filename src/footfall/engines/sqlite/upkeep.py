"""Looks after the open file in the background."""

import asyncio
import sqlite3

import structlog

from footfall.background import BackgroundTask
from footfall.engines.sqlite.file import DatabaseFile
from footfall.engines.sqlite.worker import Worker
from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

INTERVAL_S = 0.5
CHECKPOINT_PATIENCE_MS = 100
"""How long one attempt to truncate the write-ahead log waits for readers; appends wait behind."""


class Upkeep:
    """Notices a file that was removed or replaced although nobody writes, and removes deleted
    secrets from the write-ahead log, where SQLite leaves them."""

    def __init__(self, file: DatabaseFile, writer: Worker) -> None:
        self.task = BackgroundTask("store file")
        self._file = file
        self._writer = writer
        self._lost: str | None = None
        self._has_failed = False

    def start(self) -> None:
        if not self.task.is_running:
            self.task.start(self._run)

    async def stop(self) -> None:
        await self.task.stop()

    async def _run(self) -> None:
        # Whoever finds damage reports it: there is nothing left to look after.
        while not self._file.is_damaged:
            await self._look()
            if self._file.has_traces and self._lost is None:
                await self._erase_traces()
            await asyncio.sleep(INTERVAL_S)

    async def _look(self) -> None:
        problem = await asyncio.to_thread(self._file.look)
        if problem != self._lost:
            self._lost = problem
            if problem is None:
                logger.warning("store.file_is_back", file=str(self._file.path))
            else:
                logger.error("store.file_lost", file=str(self._file.path), problem=problem)

    async def _erase_traces(self) -> None:
        self._file.has_traces = False  # a deletion meanwhile sets it again
        try:
            is_done = await self._writer.run(truncate_wal)
        except StoreUnavailable as error:
            is_done = False
            if not (self._has_failed or self._file.is_damaged):
                logger.warning("store.traces_kept", error=str(error))
            self._has_failed = True
        else:
            self._has_failed = False
        self._file.has_traces |= not is_done


def truncate_wal(connection: sqlite3.Connection) -> bool:
    """Move the write-ahead log into the file and empty it. False while a reader needs it."""
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_PATIENCE_MS}")
    try:
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.execute(f"PRAGMA busy_timeout = {patience}")
    return not is_busy
