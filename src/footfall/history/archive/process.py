"""The archive's process, as its server speaks with it."""

import asyncio
from pathlib import Path

from footfall.errors import StoreUnavailable
from footfall.history.archive.database import open_database
from footfall.history.archive.keeper import Keeper
from footfall.history.frames import (
    Answered,
    Archived,
    Arrived,
    Asked,
    Beginning,
    Frame,
    Passed,
    Removed,
    Replayed,
    Standing,
    frames,
    send,
)
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.desk import ReportDesk
from footfall.history.reports.question import Export


class ServerGone(Exception):
    """The other side of the connection has ended."""


class ArchiveProcess:
    def __init__(
        self,
        folder: Path,
        limits: ArchiveLimits,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> None:
        """Raises OSError when the folder can't be used."""
        temporary = folder / "temporary"
        temporary.mkdir(parents=True, exist_ok=True)
        for left in temporary.iterdir():
            left.unlink()
        database = open_database(temporary, limits)
        self._keeper = Keeper(folder, temporary, database.cursor, limits)
        self._desk = ReportDesk(database.cursor, temporary, limits.report_seconds)
        self._reader, self._writer = streams
        self._passing: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Ends with ServerGone, or with what failed, in a group: then the server starts another
        process."""
        async with asyncio.TaskGroup() as tasks:
            async for frame in frames(self._reader):
                await self._handle(frame, tasks)
            raise ServerGone  # nobody waits for what is still done

    async def _handle(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        keeper = self._keeper
        match frame:
            case Beginning(sites, now):
                keeper.now = now
                await send(self._writer, Archived(keeper.open(sites)))
            case Passed(now):
                keeper.now = now
                if self._passing is None or self._passing.done():
                    self._passing = tasks.create_task(self._pass())
            case Arrived(events):
                await keeper.take(events)
            case Replayed(site, through):
                if keeper.replayed(site, through):
                    await keeper.archive_finished([site])
            case Removed(site):
                await keeper.remove(site)
            case Asked():
                tasks.create_task(self._answer(frame))

    async def _answer(self, asked: Asked) -> None:
        keeper, question = self._keeper, asked.question
        site = question.question.site if isinstance(question, Export) else question.site
        try:
            if not keeper.is_complete(site):
                raise StoreUnavailable(
                    f"the archive of {site} is still made from the log: try again soon"
                )
            await keeper.flush()
            answer = await self._desk.answer(keeper.archive(site), question)
            answered = Answered(asked.number, answer)
        except StoreUnavailable as error:
            answered = Answered(asked.number, error=str(error), public=error.public)
        await send(self._writer, answered)

    async def _pass(self) -> None:
        keeper = self._keeper
        await keeper.archive_finished()
        standing = Standing(
            needs_since=keeper.needs_since,
            waiting=keeper.waiting,
            late=keeper.late,
            bytes=keeper.bytes,
            problem=keeper.problem,
        )
        await send(self._writer, standing)
