"""What the last commit came to: logged once each time it changes, and told to ``/readyz``."""

import asyncio

import structlog

from footfall.background import BackgroundTask
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import EventLog

logger = structlog.get_logger()

PROBE_S = 1.0
"""Pause between two attempts while commits fail."""

INTERNAL = "an error of the server, which its log explains"


class CommitHealth:
    """While commits fail it tries one by itself, so that a node without traffic recovers too."""

    def __init__(self, log: EventLog) -> None:
        self.problem: str | None = None
        """Why the last commit failed, for anyone to read; None if it succeeded."""
        self.task = BackgroundTask("commits")
        self._log = log
        self._is_failing = asyncio.Event()
        self._since = 0.0

    def start(self) -> None:
        self.task.start(self._run)

    async def stop(self) -> None:
        await self.task.stop()

    def succeeded(self) -> None:
        if self.problem is None:
            return
        self.problem = None
        self._is_failing.clear()
        seconds = round(asyncio.get_running_loop().time() - self._since, 1)
        logger.warning("store.recovered", after_seconds=seconds)

    def failed(self, error: Exception) -> None:
        is_known = isinstance(error, StoreUnavailable)
        if self.problem is None:
            self._since = asyncio.get_running_loop().time()
            self._is_failing.set()
            logger.error("store.failed", error=str(error), exc_info=None if is_known else error)
        reason = error.public if isinstance(error, StoreUnavailable) else INTERNAL
        self.problem = f"the last commit failed, events are answered with 503: {reason}"

    async def _run(self) -> None:
        while True:
            await self._is_failing.wait()
            await asyncio.sleep(PROBE_S)
            try:
                await self._log.probe()
            except StoreUnavailable as error:
                self.failed(error)
            else:
                self.succeeded()
