"""A thread with its own connection, so that the event loop never waits for the disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import structlog

from footfall.deadlines import Deadlines
from footfall.engines.sqlite.file import DatabaseFile
from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

T = TypeVar("T")

CLOSE_TIMEOUT_S = 0.5
"""A job that takes longer goes on, without the process if need be: SQLite keeps what it commits."""


class Worker:
    """Runs jobs one after another, in the order of submission.

    After an error the connection is replaced, so that the store works again as soon as the disk
    does.
    """

    def __init__(self, file: DatabaseFile, name: str) -> None:
        """Raises StoreUnavailable when the file can't be opened."""
        self._file = file
        self._name = name
        self._deadlines = Deadlines(file.timeout_s)
        self._connection: sqlite3.Connection | None = file.connect()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._is_closed = False

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Raises StoreUnavailable, also after the file's timeout. A job that has begun by then goes
        on, and may succeed; one that has not never begins.

        Looks at the file after the job, so that nothing is acknowledged that is lost already, and
        not in the thread, which would wait for the GIL once more each time.
        """
        if self._is_closed:
            raise StoreUnavailable("the store is closed: the server is shutting down")
        if self._file.is_damaged:
            self._file.check()
        try:
            with self._deadlines.until():
                loop = asyncio.get_running_loop()
                result = await loop.run_in_executor(self._thread, self._run, job)
        except TimeoutError:
            raise self._too_slow() from None
        self._file.check()
        return result

    async def close(self) -> None:
        """Returns when all submitted jobs are done, or do not end."""
        if self._is_closed:
            return
        self._is_closed = True
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown(wait=False)
        done, _ = await asyncio.wait([closing], timeout=CLOSE_TIMEOUT_S)
        if not done:
            logger.error(
                "store.stuck",
                file=str(self._file.path),
                thread=self._name,
                help="the disk, or another program's lock, holds up what it was doing",
            )

    def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._file.explained():
                if self._connection is None:
                    self._connection = self._file.connect()
                return job(self._connection)
        except StoreUnavailable:
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._file.disconnect(self._connection)
            self._connection = None

    def _too_slow(self) -> StoreUnavailable:
        public = (
            f"the store did not answer within {self._file.timeout_s:g} s: try again later; its "
            "disk is too slow, or another program has locked it"
        )
        return StoreUnavailable(f"{self._file.path}: {public}", public=public)
