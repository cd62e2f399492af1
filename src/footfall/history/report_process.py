"""A process of reports (``history/reports``), as the server starts it and speaks with it."""

import asyncio
import contextlib
import shutil
import socket
import sys
from pathlib import Path
from tempfile import mkdtemp

import msgspec
import structlog

from footfall.errors import StoreUnavailable
from footfall.history.frames import Answered, Asked, Frame, Ready, Withdrawn, frames, send
from footfall.history.limits import ArchiveLimits

logger = structlog.get_logger()

BUSY = "the archive is busy: ask again later, or for a shorter period"


class ReportProcess:
    """One that runs. What it wrote is removed with it."""

    def __init__(self, limits: ArchiveLimits, temporary: Path, callers: str) -> None:
        """Raises OSError."""
        self.asked: dict[int, asyncio.Future[Answered | None]] = {}
        """By number; None is the answer when the process has ended."""
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pid: int | None = None
        self.has_ended = False
        self.is_dismissed = False
        """It was ended because nobody needed it."""
        self._limits = limits
        self._callers = callers
        self._folder = Path(mkdtemp(prefix=f"reports-{callers}-", dir=temporary))
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.life = asyncio.create_task(self._live())

    async def send(self, frame: Asked | Withdrawn) -> None:
        """Raises OSError."""
        if self._writer is None:
            raise ConnectionError
        await send(self._writer, frame)

    def kill(self) -> None:
        self.has_ended = True
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        else:
            self.life.cancel()

    async def _live(self) -> None:
        try:
            await self._run()
        except OSError as error:
            logger.error("reports.not_started", callers=self._callers, error=str(error))
        finally:
            self.has_ended = True
            if not self.ready.done():
                self.ready.set_exception(StoreUnavailable(BUSY))
                self.ready.exception()  # perhaps nobody waits for it
            for answer in self.asked.values():
                if not answer.done():
                    answer.set_result(None)
            await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def _run(self) -> None:
        """Raises OSError."""
        own, its = socket.socketpair()
        with its:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "footfall.history.reports"),
                str(its.fileno()),
                str(self._folder),
                msgspec.json.encode(self._limits).decode(),
                pass_fds=(its.fileno(),),
                start_new_session=True,  # ctrl-C is for the server
            )
        self.pid = self._process.pid
        try:
            reader, writer = await asyncio.open_unix_connection(sock=own)
            with contextlib.closing(writer):
                self._writer = writer
                async for frame in frames(reader):
                    self._take(frame)
        finally:
            self._writer = None
            self.kill()
            await self._process.wait()

    def _take(self, frame: Frame) -> None:
        match frame:
            case Ready():
                if not self.ready.done():
                    self.ready.set_result(None)
            case Answered():
                self._deliver(frame)

    def _deliver(self, answered: Answered) -> None:
        waiting = self.asked.get(answered.number)
        if waiting is not None and not waiting.done():
            waiting.set_result(answered)
        else:
            discard(answered)


def discard(answered: Answered) -> None:
    """Nobody wants it any more."""
    if answered.path:
        Path(answered.path).unlink(missing_ok=True)
