"""Asks a process of reports: it is started for the first question, ended when nobody has asked for
some minutes, killed with a report that does not end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import structlog

from footfall.errors import InvalidInput, Overloaded, StoreUnavailable
from footfall.history.frames import Answered, Asked, Withdrawn
from footfall.history.limits import REPORTS_AT_ONCE, ArchiveLimits
from footfall.history.report_process import BUSY, ReportProcess, discard
from footfall.history.reports.asked import Wanted
from footfall.history.snapshots import SiteSnapshot

logger = structlog.get_logger()

MAX_WAITING = 32
"""Questions that wait for one of those before them."""
GRACE_S = 2.0
"""A process ends a report by itself, after ``report_seconds`` or when nobody waits for it. If it
does not within so much time more, it is killed."""
IDLE_S = 300.0
TRIES = 2
"""A report that was lost with its process, for another's sake, is asked for again."""
LOST = "the report was lost with its process: try again, or ask for a shorter period"


class Reporter:
    def __init__(self, callers: str, limits: ArchiveLimits) -> None:
        """``callers`` is for the log."""
        self.lost = 0
        """Processes that were killed with a report that did not end, or by the system."""
        self._callers = callers
        self._limits = limits
        self._places = asyncio.Semaphore(REPORTS_AT_ONCE)
        self._waiting = 0
        self._number = 0
        self._process: ReportProcess | None = None
        self._lives: set[asyncio.Task[None]] = set()
        self._idle: asyncio.TimerHandle | None = None

    @property
    def pid(self) -> int | None:
        """Of the process, while one runs."""
        return self._process.pid if self._process is not None else None

    @property
    def running(self) -> int:
        """Questions that the process works on."""
        return len(self._process.asked) if self._process is not None else 0

    @contextlib.asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """One of the few who ask at once. Raises Overloaded."""
        if self._waiting >= MAX_WAITING:
            raise Overloaded("too many reports are wanted at once: try again in a few seconds")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._limits.report_seconds):
                await self._places.acquire()
        except TimeoutError:
            raise Overloaded(BUSY) from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._places.release()

    async def ask(self, wanted: Wanted, taken: SiteSnapshot) -> Answered:
        """Needs a place. Raises InvalidInput and StoreUnavailable."""
        for _ in range(TRIES):
            answered = await self._try(wanted, taken)
            if answered is not None:
                break
        else:
            raise StoreUnavailable(LOST)
        if answered.is_bad_request:
            raise InvalidInput(answered.error)
        if answered.error:
            raise StoreUnavailable(answered.error, public=answered.public)
        return answered

    def end(self) -> None:
        """Nobody needs the process any more; the next question starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.is_dismissed = True
            process.kill()

    async def close(self) -> None:
        """Returns when no process is left."""
        self.end()
        await asyncio.gather(*self._lives, return_exceptions=True)

    async def _try(self, wanted: Wanted, taken: SiteSnapshot) -> Answered | None:
        """None when the process ended before it answered."""
        process = await self._running(taken.path.parent)
        self._number += 1
        number = self._number
        answer = process.asked[number] = asyncio.get_running_loop().create_future()
        asked = Asked(number, wanted, str(taken.folder), str(taken.path), taken.as_of)
        try:
            async with asyncio.timeout(self._limits.report_seconds + GRACE_S):
                await process.send(asked)
                return await asyncio.shield(answer)
        except TimeoutError:
            self._kill(process)
            raise StoreUnavailable(
                f"the report took longer than {self._limits.report_seconds:g} s "
                "(report_seconds): ask for a shorter period, or for fewer pages"
            ) from None
        except OSError:
            return None
        except asyncio.CancelledError:
            await self._withdraw(process, number, answer)
            raise
        finally:
            del process.asked[number]
            self._look_for_idleness(process)

    async def _running(self, temporary: Path) -> ReportProcess:
        """Raises StoreUnavailable."""
        if self._idle is not None:
            self._idle.cancel()
        process = self._process
        if process is None or process.has_ended:
            try:
                process = self._process = ReportProcess(self._limits, temporary, self._callers)
            except OSError as error:
                raise StoreUnavailable(f"no report can be made: {error}", public=BUSY) from error
            self._lives.add(process.life)
            process.life.add_done_callback(partial(self._ended, process))
        await asyncio.shield(process.ready)
        return process

    def _ended(self, process: ReportProcess, life: asyncio.Task[None]) -> None:
        self._lives.discard(life)
        if not process.is_dismissed:
            self.lost += 1
            logger.warning("reports.lost", callers=self._callers)

    async def _withdraw(
        self, process: ReportProcess, number: int, answer: asyncio.Future[Answered | None]
    ) -> None:
        """The place is kept until the work has ended."""
        try:
            async with asyncio.timeout(GRACE_S):
                await process.send(Withdrawn(number))
                answered = await answer
        except (TimeoutError, OSError):
            self._kill(process)
        else:
            if answered is not None:
                discard(answered)

    def _kill(self, process: ReportProcess) -> None:
        process.kill()

    def _look_for_idleness(self, process: ReportProcess) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if not process.asked and process is self._process:
            self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._end_if_idle, process)

    def _end_if_idle(self, process: ReportProcess) -> None:
        if not process.asked and process is self._process:
            self.end()
