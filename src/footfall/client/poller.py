"""Reads the document periodically, for callers that need no live channel."""

import asyncio
import threading
from collections.abc import Callable
from functools import cached_property
from typing import Self

import httpx

from footfall.background import BackgroundTask
from footfall.client.config import Config, as_config
from footfall.client.fetch import TIMEOUT, read_document, read_document_async
from footfall.client.refusals import FINAL
from footfall.documents import RealtimeDocument
from footfall.errors import FootfallError

DEFAULT_INTERVAL_S = 5.0
SHORTEST_INTERVAL_S = 1.0
"""The numbers change once a second."""


class _Readings:
    """What a poller has read so far; the base of both pollers."""

    def __init__(
        self,
        config: Config,
        interval_seconds: float = DEFAULT_INTERVAL_S,
        on_change: Callable[[], None] | None = None,
    ) -> None:
        """``interval_seconds`` is the pause between an answer and the next request, at least one
        second. ``on_change`` is called after each reading, in the thread or task that reads.
        Raises InvalidInput."""
        self.data: RealtimeDocument | None = None
        """The newest document; None before the first. A failed reading does not change it."""
        self.is_loading = False
        """True from ``start`` to the first answer."""
        self.error: FootfallError | None = None
        """Why the latest reading failed; None if it succeeded."""
        self._config = as_config(config)
        self._interval = max(SHORTEST_INTERVAL_S, interval_seconds)
        self._on_change = on_change

    def _record(self, read: RealtimeDocument | FootfallError) -> bool:
        """Record a reading; returns whether to continue."""
        if isinstance(read, FootfallError):
            self.error = read
        else:
            self.data, self.error = read, None
        self.is_loading = False
        if self._on_change is not None:
            self._on_change()
        return not isinstance(read, FINAL)


class RealtimePoller(_Readings):
    """Reads in its own thread between ``start`` and ``stop``, or within ``with``.

    It stops by itself only after a final refusal of the server.
    """

    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Start reading, at once. Does nothing while running."""
        if self._thread is not None and self._thread.is_alive():
            return
        self._stopped = threading.Event()
        self.is_loading = self.data is None
        self._thread = threading.Thread(target=self._run, args=(self._stopped,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop reading. Nothing changes after this returns."""
        if self._thread is None:
            return
        self._stopped.set()
        if self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None
        self.is_loading = False

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, stopped: threading.Event) -> None:
        with httpx.Client(timeout=TIMEOUT) as client:
            while not stopped.is_set():
                read: RealtimeDocument | FootfallError
                try:
                    read = read_document(client, self._config)
                except FootfallError as error:
                    read = error
                if stopped.is_set() or not self._record(read):
                    return
                stopped.wait(self._interval)


class AsyncRealtimePoller(_Readings):
    """Like ``RealtimePoller``, as a task of the running event loop and with ``async with``."""

    @cached_property
    def _task(self) -> BackgroundTask:
        return BackgroundTask("poller")

    def start(self) -> None:
        """Start reading, at once. Does nothing while running."""
        if not self._task.is_running:
            self.is_loading = self.data is None
            self._task.start(self._run)

    async def stop(self) -> None:
        """Stop reading. Nothing changes after this returns."""
        await self._task.stop()
        self.is_loading = False

    async def __aenter__(self) -> Self:
        self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def _run(self) -> None:
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            while True:
                read: RealtimeDocument | FootfallError
                try:
                    read = await read_document_async(client, self._config)
                except FootfallError as error:
                    read = error
                if not self._record(read):
                    return
                await asyncio.sleep(self._interval)


def create_realtime_poller(
    config: Config, interval_seconds: float = DEFAULT_INTERVAL_S
) -> RealtimePoller:
    """A poller, not yet started. Raises InvalidInput."""
    return RealtimePoller(config, interval_seconds)
