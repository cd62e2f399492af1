"""The archive's process, as its server speaks with it."""

import asyncio
import shutil
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import duckdb
import structlog

from footfall.errors import StoreUnavailable
from footfall.history.archive import snapshot
from footfall.history.archive.cursors import CursorPool
from footfall.history.archive.database import open_database
from footfall.history.archive.keeper import Keeper, Mended
from footfall.history.archive.opening import OPENING, RETRY_S, tell
from footfall.history.archive.problems import told
from footfall.history.frames import (
    Archived,
    Arrived,
    Beginning,
    FolderHeld,
    Frame,
    NotTaken,
    Passed,
    Removed,
    Replayed,
    Restart,
    ServerGone,
    SnapshotAsked,
    SnapshotTaken,
    Standing,
    TakenIn,
    frames,
    send,
)
from footfall.history.limits import REPORTS_AT_ONCE, ArchiveLimits
from footfall.model import Event

logger = structlog.get_logger()

SNAPSHOTS_AT_ONCE = 2 * REPORTS_AT_ONCE
"""For both processes of reports: none waits for the other."""
FAILED = "the report failed: the server's operator finds the reason in its log"


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
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        database = open_database(temporary, limits)
        self._keeper = Keeper(folder, temporary, database.cursor, limits, self._refuse)
        self._snapshots = CursorPool(database.cursor, SNAPSHOTS_AT_ONCE, "footfall-snapshots")
        self._temporary = temporary
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
            await send(self._writer, FolderHeld())
            async for frame in frames(self._reader):
                await self._handle(frame, tasks)
            raise ServerGone  # nobody waits for what is still done

    async def _handle(self, frame: Frame, tasks: asyncio.TaskGroup) -> None:
        """Waits for nothing that may take long: every frame behind it would."""
        keeper = self._keeper
        match frame:
            case Beginning():
                await self._begin(frame)
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
            case SnapshotAsked(number, site):
                tasks.create_task(self._take_snapshot(number, site))

    async def _begin(self, beginning: Beginning) -> None:
        """Or say what is wrong with the folder, and ask again."""
        keeper = self._keeper
        try:
            archived = Archived(keeper.open(beginning))
        except (OSError, StoreUnavailable) as error:
            problem = told(error, "open its folder")
            keeper.problems.set(OPENING, problem)
            await tell(self._writer, problem)
            await asyncio.sleep(RETRY_S)
            await send(self._writer, FolderHeld())
        else:
            keeper.problems.set(OPENING, None)
            await send(self._writer, archived)

    async def _take_snapshot(self, number: int, site: str) -> None:
        try:
            path = await self._snapshot(number, site)
            taken = SnapshotTaken(number, str(path))
        except StoreUnavailable as error:
            taken = SnapshotTaken(number, error=str(error), public=error.public)
        await send(self._writer, taken)

    async def _snapshot(self, number: int, site: str) -> Path:
        """Raises StoreUnavailable."""
        keeper = self._keeper
        if not keeper.is_complete(site):
            raise StoreUnavailable(
                f"the archive of {site} is still made from the log: try again soon"
            )
        await keeper.intake.flush()
        archive, path = keeper.archive(site), self._temporary / f"snapshot-{number}"
        try:
            await self._snapshots.run(partial(snapshot.write, archive=archive, path=path))
        except (duckdb.Error, OSError) as error:
            shutil.rmtree(path, ignore_errors=True)
            logger.error("archive.no_snapshot", site=site, error=str(error))
            raise StoreUnavailable(f"the report failed: {error}", public=FAILED) from error
        return path

    async def _take_in(self) -> None:
        """Bring events into DuckDB. While the log is replayed, what is finished is archived in
        between, so that no more comes than goes."""
        keeper, acknowledged = self._keeper, 0
        problem: str | None = None
        while True:
            await keeper.intake.enough()
            await keeper.intake.try_flush()
            if keeper.intake.problem != problem:
                problem = keeper.intake.problem
                await self._tell()
            while self._finished:
                await self._archive_finished([self._finished.pop()])
            while self._refused:
                await send(self._writer, self._refused.pop())
            if keeper.intake.taken > acknowledged:
                taken = keeper.intake.taken - acknowledged
                acknowledged += taken
                await send(self._writer, TakenIn(taken))

    def _refuse(self, event: Event, reason: str) -> None:
        self._refused.append(NotTaken(event.site, event.time, event.id, reason))

    async def _pass(self) -> None:
        await self._archive_finished()
        await self._tell()

    async def _archive_finished(self, sites: Iterable[str] | None = None) -> None:
        """Ends this process when another can do what this one can't."""
        try:
            await self._keeper.archive_finished(sites)
        except Mended:
            await send(self._writer, Restart())
            raise

    async def _tell(self) -> None:
        keeper, problem = self._keeper, self._keeper.problem
        standing = Standing(
            needs_since=keeper.needs_since,
            waiting=keeper.waiting,
            late=keeper.late,
            bytes=keeper.bytes,
            problem=None if problem is None else str(problem),
            public="" if problem is None else problem.public,
        )
        await send(self._writer, standing)
