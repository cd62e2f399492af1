"""Counts in memory, so that a busy program writes a few items per minute, not one per visit."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from footfall.dynamodb.commands import Command
from footfall.dynamodb.stats import LastSeen, MinuteStats
from footfall.dynamodb.store import AnalyticsStore
from footfall.errors import TooLarge
from footfall.times import utc_minute

logger = logging.getLogger("footfall.dynamodb")

INTERVAL_S = 5.0
MAX_UNSENT = 1_000
"""Commands kept while the table is unreachable; beyond that the oldest are dropped and counted."""


class RealtimeBuffer:
    """Counts page views and visitors, and writes them every few seconds and when closed.

    Safe to use from several threads. A failed command is sent again unchanged at the next flush, so
    an update that did arrive overwrites itself. ``failures`` counts failed sends. ``lost`` counts
    dropped updates: more than ``MAX_UNSENT`` were waiting, or one had more visitors (about 100,000)
    than a command takes. The logger ``footfall.dynamodb`` tells when sending begins to fail, when
    it works again, and what is lost. Use it as a context manager, or call ``close`` at shutdown.
    """

    def __init__(
        self,
        store: AnalyticsStore,
        send: Callable[[Command], object],
        *,
        interval: float = INTERVAL_S,
        keep_minutes: int = 10,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``send`` runs a command: ``sender(boto3_client)``. ``interval`` is in seconds. An item
        counts for ``keep_minutes`` after it is written. ``now`` returns seconds since the epoch."""
        self.failures = 0
        self.lost = 0
        self._store = store
        self._send = send
        self._keep = keep_minutes * 60
        self._now = now
        self._interval = interval
        self._stats: dict[tuple[str, str], MinuteStats] = {}
        self._unsent: deque[Command] = deque()
        self._is_failing = False
        self._counting = threading.Lock()
        self._sending = threading.Lock()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="footfall-realtime", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def page_view(
        self, site_id: str, visitor_id: str, path: str, country: str | None = None
    ) -> None:
        """Count a page view of a visitor, now."""
        self._add(site_id, visitor_id, path, country, views=True)

    def seen(self, site_id: str, visitor_id: str, path: str, country: str | None = None) -> None:
        """Record that a visitor is still on a page; not a page view."""
        self._add(site_id, visitor_id, path, country, views=False)

    def flush(self) -> None:
        """Write what was counted. Never raises: a failed command waits for the next flush."""
        with self._counting:
            counted, self._stats = self._stats, {}
        with self._sending:
            expires = int(self._now()) + self._keep
            for (site, minute), stats in counted.items():
                try:
                    command = self._store.put_stats_command(site, minute, stats, expires)
                except TooLarge as error:
                    self._lose(1, f"of {site} in {minute}: {error}")
                else:
                    self._unsent.append(command)
            for _ in range(len(self._unsent)):
                self._try(self._unsent.popleft())
            dropped = max(0, len(self._unsent) - MAX_UNSENT)
            for _ in range(dropped):
                self._unsent.popleft()
            self._lose(dropped, f"the oldest: {MAX_UNSENT} wait for the table")

    def close(self) -> None:
        """Write the rest and stop. Commands that can't be written now are dropped and counted."""
        self._closed.set()
        self._thread.join()
        self.flush()
        with self._sending:
            self._lose(len(self._unsent), "the table could not be written before closing")
            self._unsent.clear()

    def _add(self, site: str, visitor: str, path: str, country: str | None, *, views: bool) -> None:
        second = int(self._now())
        with self._counting:
            stats = self._stats.setdefault((site, utc_minute(second // 60)), MinuteStats())
            if views:
                stats.view(path)
            stats.see(visitor, LastSeen(second, path, country))

    def _try(self, command: Command) -> None:
        try:
            self._send(command)
        except Exception as error:  # the numbers must survive any error of the client
            self.failures += 1
            self._unsent.append(command)
            if not self._is_failing:
                logger.warning("can't write to the table, will try again: %r", error)
            self._is_failing = True
        else:
            if self._is_failing:
                logger.warning("the table can be written again")
            self._is_failing = False

    def _lose(self, updates: int, why: str) -> None:
        self.lost += updates
        if updates:
            logger.error("%d updates are lost (%s)", updates, why)

    def _run(self) -> None:
        while not self._closed.wait(self._interval):
            self.flush()
