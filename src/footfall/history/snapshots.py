"""Snapshots of sites' archives: one serves all reports about its site for a few seconds, and is
removed when nobody reads it."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import msgspec

from footfall.clock import Clock

FRESH_MS = 10_000
"""Reports may begin with a snapshot of this age."""


class SiteSnapshot(msgspec.Struct, frozen=True):
    folder: Path
    """Of the site's archive."""
    path: Path
    """Of the snapshot: whoever has it removes it."""
    as_of: int
    """Through this time (ms) it has all events."""


class _Kept:
    def __init__(self, task: asyncio.Future[SiteSnapshot]) -> None:
        self.task = task
        self.readers = 0


class Snapshots:
    def __init__(self, take: Callable[[str], Awaitable[SiteSnapshot]], clock: Clock) -> None:
        self._take = take
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._removals: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def of(self, site: str) -> AsyncIterator[SiteSnapshot]:
        """Within the context its files stay. Raises Overloaded and StoreUnavailable."""
        kept = self._kept.get(site)
        if kept is None or not self._is_fresh(kept):
            self.forget(site)
            kept = self._kept[site] = _Kept(asyncio.ensure_future(self._take(site)))
        kept.readers += 1
        try:
            yield await asyncio.shield(kept.task)
        finally:
            kept.readers -= 1
            self._tidy(site, kept)

    def forget(self, site: str) -> None:
        """The next report has a new one."""
        kept = self._kept.pop(site, None)
        if kept is not None:
            self._tidy(site, kept)

    def forget_all(self) -> None:
        for site in tuple(self._kept):
            self.forget(site)

    def _is_fresh(self, kept: _Kept) -> bool:
        if not kept.task.done():
            return True
        if kept.task.cancelled() or kept.task.exception() is not None:
            return False
        return 0 <= self._clock() - kept.task.result().as_of < FRESH_MS

    def _tidy(self, site: str, kept: _Kept) -> None:
        """Remove it if nobody reads it or may read it; look again when it is old."""
        if kept.readers:
            return
        if not kept.task.done():
            kept.task.add_done_callback(lambda _: self._tidy(site, kept))
            return
        if self._kept.get(site) is kept:
            if self._is_fresh(kept):
                loop = asyncio.get_running_loop()
                loop.call_later(FRESH_MS / 1000, self._tidy, site, kept)
                return
            del self._kept[site]
        if not kept.task.cancelled() and kept.task.exception() is None:
            path = kept.task.result().path
            removal = asyncio.create_task(asyncio.to_thread(shutil.rmtree, path, True))
            self._removals.add(removal)
            removal.add_done_callback(self._removals.discard)
