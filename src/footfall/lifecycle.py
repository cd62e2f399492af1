"""Starts and stops the parts of a server, in order and in bounded time."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.applications import Starlette

from footfall.background import BackgroundTask
from footfall.catalog.cache import CatalogCache
from footfall.catalog.sweep import Sweep
from footfall.engines.open import Store
from footfall.enrich.geo_database import GeoDatabase
from footfall.errors import FootfallError
from footfall.eventlog.retention import Retention
from footfall.eventlog.writer import BatchingWriter
from footfall.history.archivist import Archivist
from footfall.history.backfill import MinuteBackfill
from footfall.history.recorder import MinuteRecorder
from footfall.history.reporters import Reporters
from footfall.live.hub import Hub
from footfall.live.node import Node

ANSWER_S = 1.5
"""After the signal to stop, how long requests wait for their commit before they get 503."""


class Failure:
    """Something failed for good: only a new process helps. ``is_final`` stays True then."""

    def __init__(self) -> None:
        self.is_final = False
        self.error: FootfallError | None = None
        """Why the server could not start, if its operator can mend that."""
        self.on_final: Callable[[], None] | None = None
        """Called once; a server stops."""

    def report(self) -> None:
        self.is_final = True
        if self.on_final is not None:
            self.on_final()

    def refuse_start(self, error: FootfallError) -> None:
        self.error = error
        self.report()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What starts and stops."""

    store: Store
    catalog: CatalogCache
    node: Node
    hub: Hub
    retention: Retention
    writer: BatchingWriter
    sweep: Sweep
    recorder: MinuteRecorder
    backfill: MinuteBackfill
    archivist: Archivist
    reporters: Reporters
    has_history: bool
    geo_database: GeoDatabase | None


class Life:
    """One start and one stop. Between them ``is_ready`` is set, once the windows are rebuilt."""

    def __init__(self, parts: Parts, failure: Failure) -> None:
        self.parts = parts
        self.failure = failure
        self.is_ready = asyncio.Event()
        self.is_stopping = False
        self._has_started = False
        self._replay = BackgroundTask("replay", failure.report)

    @contextlib.asynccontextmanager
    async def span(self, _app: Starlette) -> AsyncIterator[None]:
        """From start to stop, as an ASGI server calls it."""
        await self.start()
        yield
        await self.stop()

    async def start(self) -> None:
        """Returns when events can be taken; readers follow when the log is replayed.

        Whoever calls it before the ASGI server does gets its error as it is. Raises
        StoreUnavailable.
        """
        if self._has_started:
            return
        self._has_started = True
        parts = self.parts
        await parts.catalog.start()
        await parts.node.open()
        parts.writer.health.start()
        if parts.geo_database is not None:
            parts.geo_database.start()
        self._replay.start(self._rebuild)

    def begin_stop(self) -> None:
        """End every live subscription, and soon every wait for a commit."""
        self.is_stopping = True
        self.parts.hub.close()
        asyncio.get_running_loop().call_later(ANSWER_S, self.parts.writer.give_up)

    async def stop(self) -> None:
        """Bounded, however slow the disk is. What is acknowledged is stored."""
        parts = self.parts
        parts.hub.close()
        await self._replay.stop()
        await parts.sweep.stop()
        await parts.retention.stop()
        await parts.archivist.stop()
        await parts.reporters.close()
        await parts.backfill.stop()
        await parts.recorder.stop()
        await parts.writer.health.stop()
        if parts.geo_database is not None:
            await parts.geo_database.stop()
        await self._finish_writing()
        await parts.node.stop()
        await parts.catalog.stop()
        await parts.store.close()

    async def _rebuild(self) -> None:
        try:
            await self.parts.node.start()
        except FootfallError as error:
            self.failure.refuse_start(error)
        else:
            self.parts.retention.start()
            self.parts.sweep.start()
            if self.parts.has_history:
                self._start_history()
            self.is_ready.set()

    def _start_history(self) -> None:
        """The running minute is left to the backfill: it began before the windows were whole."""
        next_minute = self.parts.hub.windows.now() // 60 + 1
        sites, recorder = self.parts.catalog.site_ids(), self.parts.recorder
        recorder.start(next_minute, sites)
        self.parts.backfill.start(next_minute, sites, recorder.release)
        self.parts.archivist.start()

    async def _finish_writing(self) -> None:
        writer = self.parts.writer
        try:
            async with asyncio.timeout(ANSWER_S):
                await writer.close()
        except TimeoutError:
            writer.give_up()
            await writer.close()
