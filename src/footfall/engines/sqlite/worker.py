"""A thread with its own connection, so that the event loop never waits for the disk."""

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Generic, TypeVar

import structlog

from footfall.deadlines import Deadlines
from footfall.engines.sqlite.file import DatabaseFile
from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

T = TypeVar("T")

CLOSE_TIMEOUT_S = 0.5
"""A job that takes longer goes on, without the process if need be: SQLite keeps what it commits."""


class _Job(Generic[T]):
    """Work for the thread, and its caller's future. Make it in the caller's event loop."""

    __slots__ = ("_loop", "_work", "future")

    def __init__(self, work: Callable[[], T]) -> None:
        self._work = work
        self._loop = asyncio.get_running_loop()
        self.future: asyncio.Future[T] = self._loop.create_future()

    def run(self) -> None:
        """In the thread."""
        try:
            tell = partial(self._succeed, self._work())
        except BaseException as error:
            tell = partial(self._fail, error)
        with contextlib.suppress(RuntimeError):  # the caller's loop has ended meanwhile
            self._loop.call_soon_threadsafe(tell)

    def _succeed(self, result: T) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def _fail(self, error: BaseException) -> None:
        if not self.future.done():
            self.future.set_exception(error)


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
        self._lock = threading.Lock()
        self._waiting: deque[_Job[Any]] = deque()
        self._is_working = False
        """Whether the thread looks for waiting jobs."""
        self._is_closed = False

    async def run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Raises StoreUnavailable, also after the file's timeout. A job that has begun by then, or
        when its caller is cancelled, goes on and may succeed; one that has not is forgotten.

        The thread looks at the file after the job, so that nothing is acknowledged that is lost
        already.
        """
        if self._is_closed:
            raise StoreUnavailable("the store is closed: the server is shutting down")
        self._file.refuse_damage()
        submitted = self._submit(partial(self._run, job))
        try:
            with self._deadlines.until():
                return await submitted.future
        except TimeoutError:
            raise self._too_slow() from None
        finally:
            if submitted.future.cancelled():
                self._forget(submitted)

    async def close(self) -> None:
        """Returns when all submitted jobs are done, or do not end."""
        if self._is_closed:
            return
        self._is_closed = True
        closing = self._submit(self._disconnect)
        self._thread.shutdown(wait=False)
        done, _ = await asyncio.wait([closing.future], timeout=CLOSE_TIMEOUT_S)
        if not done:
            logger.error(
                "store.stuck",
                file=str(self._file.path),
                thread=self._name,
                help="the disk, or another program's lock, holds up what it was doing",
            )

    def _submit(self, work: Callable[[], T]) -> _Job[T]:
        job = _Job(work)
        with self._lock:
            self._waiting.append(job)
            if not self._is_working:
                self._is_working = True
                self._thread.submit(self._work)
        return job

    def _forget(self, job: _Job[Any]) -> None:
        """Nobody waits for it any more: it frees its place unless it has begun."""
        with self._lock, contextlib.suppress(ValueError):
            self._waiting.remove(job)

    def _work(self) -> None:
        while (job := self._next()) is not None:
            job.run()

    def _next(self) -> _Job[Any] | None:
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._is_working = False
            return None

    def _run(self, job: Callable[[sqlite3.Connection], T]) -> T:
        try:
            with self._file.explained():
                if self._connection is None:
                    self._connection = self._file.connect()
                result = job(self._connection)
        except StoreUnavailable:
            self._disconnect()
            raise
        self._file.check()
        return result

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
