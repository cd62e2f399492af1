"""Stores the minutes of all sites as they pass."""

import asyncio
from collections.abc import Iterable, Sequence

import structlog

from footfall.background import BackgroundTask
from footfall.errors import StoreUnavailable
from footfall.history.port import MinuteStore
from footfall.model import MinuteCounts

logger = structlog.get_logger()

RETRY_S = 5.0
MAX_WAITING = 200_000
"""Minutes; some 30 MB. While the store takes nothing, the sites whose minutes wait longest lose
them."""


class MinuteRecorder:
    """Minutes wait while the store is unavailable. What a stop leaves is filled at the next start,
    from the log (``history/backfill.py``)."""

    def __init__(self, store: MinuteStore) -> None:
        self.stored = 0
        self.lost = 0
        self.task = BackgroundTask("minutes")
        self._store = store
        self._since: int | None = None
        self._held: set[str] = set()
        self._waiting: dict[str, list[MinuteCounts]] = {}
        self._count = 0
        self._has_some = asyncio.Event()

    def start(self, since: int, held: Iterable[str]) -> None:
        """Minutes before ``since`` are left to the backfill: the windows were not whole yet. Those
        of ``held`` sites wait for it, so that nothing is missing before the newest that is kept.
        """
        self._since, self._held = since, set(held)
        self.task.start(self._run)

    def release(self, site: str) -> None:
        """The backfill of ``site`` is done."""
        self._held.discard(site)
        self._has_some.set()

    async def stop(self) -> None:
        await self.task.stop()

    def forget(self, site: str) -> None:
        """The site was removed."""
        self._count -= len(self._waiting.pop(site, ()))
        self._held.discard(site)

    def add(self, site: str, minutes: Sequence[MinuteCounts]) -> None:
        """Minutes of ``site`` have passed. Ignored until the start."""
        since = self._since
        wanted = [each for each in minutes if since is not None and each.minute >= since]
        if not wanted:
            return
        self._waiting.setdefault(site, []).extend(wanted)
        self._count += len(wanted)
        while self._count > MAX_WAITING:
            gone = self._waiting.pop(next(iter(self._waiting)))
            self._count -= len(gone)
            self.lost += len(gone)
        self._has_some.set()

    async def store_waiting(self) -> None:
        """Raises StoreUnavailable; then they wait on."""
        ready = {site: self._waiting.pop(site) for site in self._waiting.keys() - self._held}
        count = sum(len(minutes) for minutes in ready.values())
        self._count -= count
        try:
            await self._store.put(ready)
        except BaseException:
            for site, minutes in ready.items():
                self.add(site, minutes)
            raise
        self.stored += count

    async def _run(self) -> None:
        while True:
            await self._has_some.wait()
            self._has_some.clear()
            try:
                await self.store_waiting()
            except StoreUnavailable as error:
                logger.warning("minutes.not_stored", error=str(error))
                await asyncio.sleep(RETRY_S)
