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
    NotTaken,
    Passed,
    Removed,
    Replayed,
    Standing,
    TakenIn,
    frames,
    send,
)
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.desk import ReportDesk
from footfall.history.reports.question import Export
from footfall.model import Event


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
        self._keeper = Keeper(folder, temporary, database.cursor, limits, self._refuse)
        self._desk = ReportDesk(database.cursor, temporary, limits.report_seconds)
        self._reader, self._writer = streams
        self._passing: asyncio.Task[None] | None = None
        self._finished: set[str] = set()
        """Sites of which the log's replay has finished a stretch."""
        self._refused: list[NotTaken] = []

    async def run(self) -> None:
        """Ends with ServerGone, or with what failed, in a group: then the server starts another
        process."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._take_in())
            async for frame in frames(self._reader):
                await self._handle(frame, tasks)
            raise ServerGone  # nobody waits for what is still done

    async def _handle(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        """Waits for nothing that may take long: every frame behind it would."""
        keeper = self._keeper
        match frame:
            case Beginning(sites, now):
                keeper.now = now
                await send(self._writer, Archived(keeper.open(sites)))
            case Passed(now):
                keeper.now = now
                if self._passing is None or self._passing.done():
                    self._passing = tasks.create_task(self._pass())
            case Arrived():
                keeper.take(frame)
            case Replayed(site, through):
                if keeper.replayed(site, through):
                    self._finished.add(site)
            case Removed(site):
                tasks.create_task(keeper.remove(site))
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
            await keeper.intake.flush()
            answer = await self._desk.answer(keeper.archive(site), question)
            answered = Answered(asked.number, answer)
        except StoreUnavailable as error:
            answered = Answered(asked.number, error=str(error), public=error.public)
        await send(self._writer, answered)

    async def _take_in(self) -> None:
        """Bring events into DuckDB. While the log is replayed, what is finished is archived in
        between, so that no more comes than goes."""
        keeper, told = self._keeper, 0
        while True:
            await keeper.intake.enough()
            before = keeper.problem
            await keeper.intake.try_flush()
            if keeper.problem != before:
                await self._tell()
            while self._finished:
                await keeper.archive_finished([self._finished.pop()])
            while self._refused:
                await send(self._writer, self._refused.pop())
            if keeper.intake.taken > told:
                taken, told = keeper.intake.taken - told, keeper.intake.taken
                await send(self._writer, TakenIn(taken))

    def _refuse(self, event: Event, reason: str) -> None:
        self._refused.append(NotTaken(event.site, event.time, event.id, reason))

    async def _pass(self) -> None:
        await self._keeper.archive_finished()
        await self._tell()

    async def _tell(self) -> None:
        keeper = self._keeper
        standing = Standing(
            needs_since=keeper.needs_since,
            waiting=keeper.waiting,
            late=keeper.late,
            bytes=keeper.bytes,
            problem=keeper.problem,
        )
        await send(self._writer, standing)
