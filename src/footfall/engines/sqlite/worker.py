"""A thread with its own connection, so that the event loop never waits for the disk."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from footfall.engines.sqlite.connection import explained, open_connection
from footfall.errors import StoreUnavailable

T = TypeVar("T")


class Worker:
    """Runs jobs one after another, in the order of submission.

    After an error the connection is replaced, so that the store works again as soon as the disk
    does.
    """

    def __init__(self, path: Path, name: str) -> None:
        """Raises StoreUnavailable when the file can't be opened."""
        self._path = path
        self._connection: sqlite3.Connection | None = open_connection(path)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._is_closed = False

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Raises StoreUnavailable."""
        if self._is_closed:
            raise StoreUnavailable(f"the store {self._path} is closed: the server is shutting down")
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, job)

    async def close(self) -> None:
        """Returns when all submitted jobs are done."""
        if not self._is_closed:
            self._is_closed = True
            await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
            self._thread.shutdown(wait=False)

    def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with explained(self._path):
                if self._connection is None:
                    self._connection = open_connection(self._path)
                return job(self._connection)
        except StoreUnavailable:
            self._disconnect()
            raise

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
