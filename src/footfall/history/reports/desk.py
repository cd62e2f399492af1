"""Answers one question after the other by each of a few cursors, each for a limited time."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
import structlog

from footfall.history.archive.cursors import CursorPool
from footfall.history.archive.snapshot import Snapshot
from footfall.history.frames import Answered, Asked
from footfall.history.limits import REPORTS_AT_ONCE, ArchiveLimits
from footfall.history.reports.asked import DocumentAsked, ExportAsked, TableAsked
from footfall.history.reports.document import document
from footfall.history.reports.export import write
from footfall.history.reports.question import Buckets, Export, Question
from footfall.history.reports.report import PeriodReport
from footfall.history.reports.table_document import table_document

logger = structlog.get_logger()

TOO_LARGE = (
    "the report needs more memory than it may use: ask for a shorter period, or raise "
    "history_memory_mb"
)
FAILED = "the report failed: the server's operator finds the reason in its log"


class ReportDesk:
    def __init__(
        self,
        new_cursor: Callable[[], duckdb.DuckDBPyConnection],
        temporary: Path,
        limits: ArchiveLimits,
    ) -> None:
        """Exported files are put into ``temporary``."""
        self._cursors = CursorPool(new_cursor, REPORTS_AT_ONCE, "footfall-reports")
        self._temporary = temporary
        self._limits = limits
        self._stops: dict[int, asyncio.Event] = {}

    def withdraw(self, number: int) -> None:
        """Nobody waits for the answer any more: end the work for it."""
        stop = self._stops.get(number)
        if stop is not None:
            stop.set()

    async def answer(self, asked: Asked) -> Answered:
        seconds = self._limits.report_seconds
        stop = self._stops[asked.number] = asyncio.Event()
        timer = asyncio.get_running_loop().call_later(seconds, stop.set)
        try:
            return await self._cursors.run(partial(self._work, asked), stop)
        except duckdb.OutOfMemoryException:
            return Answered(asked.number, error=TOO_LARGE, public=TOO_LARGE)
        except duckdb.InterruptException:
            error = (
                f"the report took longer than {seconds:g} s (report_seconds): ask for a shorter "
                "period, or try again when the server is less busy"
            )
            return Answered(asked.number, error=error, public=error)
        except Exception as failed:  # whatever it is costs this question alone
            logger.error("report.failed", site=asked.wanted.site, error=repr(failed))
            return Answered(asked.number, error=f"the report failed: {failed}", public=FAILED)
        finally:
            timer.cancel()
            del self._stops[asked.number]

    def _work(self, asked: Asked, cursor: duckdb.DuckDBPyConnection) -> Answered:
        cursor.begin()
        try:
            snapshot = Snapshot(Path(asked.folder), Path(asked.snapshot))
            report = PeriodReport(cursor, snapshot)
            match asked.wanted:
                case DocumentAsked():
                    return self._limited(asked, document(asked.wanted, report, asked.as_of))
                case TableAsked():
                    return self._limited(asked, table_document(asked.wanted, report))
                case ExportAsked():
                    return self._exported(asked.number, asked.wanted, report)
        finally:
            cursor.rollback()

    def _limited(self, asked: Asked, body: bytes) -> Answered:
        most = self._limits.answer_bytes
        if len(body) <= most:
            return Answered(asked.number, body)
        error = (
            f"the answer would have {len(body) / 1e6:,.1f} MB, and may have {most / 1e6:,.0f}: ask "
            "for fewer rows, or for a shorter period"
        )
        return Answered(asked.number, error=error, is_bad_request=True)

    def _exported(self, number: int, wanted: ExportAsked, report: PeriodReport) -> Answered:
        path = self._temporary / f"export-{number}.{wanted.format}"
        edges = (wanted.span.begin, wanted.span.end)
        question = Question(site=wanted.site, buckets=Buckets(edges), where=wanted.where)
        write(report, Export(question, wanted.format), path)
        return Answered(number, path=str(path))
