"""Answers questions, a few at a time, each for a limited time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from itertools import count
from pathlib import Path

import duckdb
import structlog

from footfall.errors import StoreUnavailable
from footfall.history.archive.site import SiteArchive
from footfall.history.reports.export import write
from footfall.history.reports.question import (
    Export,
    ExportedFile,
    MetricTable,
    Question,
    ReportAnswer,
    TableQuestion,
)
from footfall.history.reports.report import PeriodReport

logger = structlog.get_logger()

AT_ONCE = 2
TOO_LARGE = (
    "the report needs more memory than it may use: ask for a shorter period, or raise "
    "history_memory_mb"
)
FAILED = "the report failed: the server's operator finds the reason in its log"


class ReportDesk:
    """Each thread of DuckDB has a cursor of its own."""

    def __init__(
        self,
        new_cursor: Callable[[], duckdb.DuckDBPyConnection],
        temporary: Path,
        limit_s: float,
    ) -> None:
        """Exported files are put into ``temporary``."""
        self._temporary = temporary
        self._limit_s = limit_s
        self._files = count()
        self._alone = asyncio.Lock()
        self._threads = ThreadPoolExecutor(AT_ONCE, "footfall-reports")
        self._free: asyncio.Queue[duckdb.DuckDBPyConnection] = asyncio.Queue()
        for _ in range(AT_ONCE):
            self._free.put_nowait(new_cursor())

    async def answer(
        self, archive: SiteArchive, asked: Question | TableQuestion | Export
    ) -> ReportAnswer | MetricTable | ExportedFile:
        """Raises StoreUnavailable when it fails or takes too long."""
        try:
            return await self._try(archive, asked)
        except duckdb.OutOfMemoryException:
            pass
        async with self._alone:  # with all the memory
            others = [await self._free.get() for _ in range(AT_ONCE - 1)]
            try:
                return await self._try(archive, asked)
            except duckdb.OutOfMemoryException as error:
                raise StoreUnavailable(TOO_LARGE) from error
            finally:
                for each in others:
                    self._free.put_nowait(each)

    async def _try(
        self, archive: SiteArchive, asked: Question | TableQuestion | Export
    ) -> ReportAnswer | MetricTable | ExportedFile:
        loop = asyncio.get_running_loop()
        cursor = await self._free.get()
        timer = loop.call_later(self._limit_s, cursor.interrupt)
        try:
            return await loop.run_in_executor(self._threads, self._work, cursor, archive, asked)
        except duckdb.OutOfMemoryException:
            raise
        except duckdb.InterruptException:
            raise StoreUnavailable(
                f"the report took longer than {self._limit_s:g} s (report_seconds): ask for a "
                "shorter period, or try again when the server is less busy"
            ) from None
        except (duckdb.Error, OSError) as error:
            logger.error("report.failed", site=archive.site, error=str(error))
            raise StoreUnavailable(f"the report failed: {error}", public=FAILED) from error
        finally:
            timer.cancel()
            self._free.put_nowait(cursor)

    def _work(
        self,
        cursor: duckdb.DuckDBPyConnection,
        archive: SiteArchive,
        asked: Question | TableQuestion | Export,
    ) -> ReportAnswer | MetricTable | ExportedFile:
        """In one snapshot of what has arrived, taken before the manifest is: what is archived
        meanwhile is then in one of them."""
        cursor.begin()
        try:
            cursor.execute("SELECT count(*) FROM arrived").fetchall()
            report = PeriodReport(cursor, copy(archive))
            if isinstance(asked, Question):
                return report.answer(asked)
            if isinstance(asked, TableQuestion):
                return report.table(asked)
            path = self._temporary / f"export-{next(self._files)}.{asked.format}"
            write(report, asked, path)
            return ExportedFile(str(path))
        finally:
            cursor.rollback()
