"""How far the replay is with which a node starts: for the log, ``/readyz`` and readers."""

import asyncio

import structlog

from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

LOG_EVERY_S = 5.0


class ReplayProgress:
    """``begin``, then ``next_site`` and ``count`` as events are read, then ``finish``."""

    def __init__(self) -> None:
        self.events = 0
        self.is_finished = False
        self._sites = 0
        self._site = 0
        self._began = 0.0
        self._logged = 0.0

    def begin(self, sites: int) -> None:
        self._sites = sites
        self._began = self._logged = asyncio.get_running_loop().time()

    def next_site(self) -> None:
        self._site += 1

    def count(self, events: int) -> None:
        self.events += events
        now = asyncio.get_running_loop().time()
        if now - self._logged >= LOG_EVERY_S:
            self._logged = now
            self._log("replay.running")

    def finish(self) -> None:
        self.is_finished = True
        if self._logged != self._began:
            self._log("replay.finished")

    @property
    def problem(self) -> str | None:
        """Why there are no numbers yet; None once there are."""
        if self.is_finished:
            return None
        return f"starting: {self.events:,} events replayed, site {self._site} of {self._sites}"

    def require_finished(self) -> None:
        """Raises StoreUnavailable."""
        problem = self.problem
        if problem is not None:
            raise StoreUnavailable(f"{problem}: try again in a moment")

    def _log(self, message: str) -> None:
        seconds = round(asyncio.get_running_loop().time() - self._began, 1)
        logger.info(
            message, events=self.events, site=self._site, sites=self._sites, seconds=seconds
        )
