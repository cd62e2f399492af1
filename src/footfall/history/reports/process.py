"""A process of reports, as its server speaks with it."""

import asyncio
from pathlib import Path

from footfall.history.archive.database import open_database
from footfall.history.frames import Asked, Frame, Ready, ServerGone, Withdrawn, frames, send
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.desk import ReportDesk


class Reporting:
    """It reads, and has no state: it may be killed at any time."""

    def __init__(
        self,
        temporary: Path,
        limits: ArchiveLimits,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        database = open_database(temporary, limits)
        self._desk = ReportDesk(database.cursor, temporary, limits)
        self._reader, self._writer = streams

    async def run(self) -> None:
        """Ends with ServerGone, or with what failed, in a group."""
        await send(self._writer, Ready())
        async with asyncio.TaskGroup() as tasks:
            async for frame in frames(self._reader):
                self._handle(frame, tasks)
            raise ServerGone  # nobody waits for what is still done

    def _handle(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        match frame:
            case Asked():
                tasks.create_task(self._answer(frame))
            case Withdrawn(number):
                self._desk.withdraw(number)

    async def _answer(self, asked: Asked) -> None:
        await send(self._writer, await self._desk.answer(asked))
