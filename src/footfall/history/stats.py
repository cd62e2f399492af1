"""Reports: what is asked for, bounded and by whom, and what only the server has of the answer. All
else is done in a process of reports."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec

from footfall.documents import PeakRow
from footfall.history.answers import Answers, EncodedAnswer, answer_key
from footfall.history.archive.schema import QUARTER_MS
from footfall.history.periods import Period, clipped
from footfall.history.port import MinuteStore
from footfall.history.reports.asked import (
    DocumentAsked,
    ExportAsked,
    TableAsked,
    TableShape,
    TimeSpan,
    Wanted,
)
from footfall.history.reports.question import ExportFormat, Expression
from footfall.history.reports.spans import (
    compared_period,
    named_period,
    period_names,
    require_few_buckets,
    usual_interval,
)
from footfall.model import Comparison, Interval, PeriodName, Site
from footfall.principal import Principal
from footfall.times import MINUTE_MS


class StatsQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is about. ``begin`` and ``end`` belong to a custom period."""

    period: PeriodName = "today"
    begin: str | None = None
    end: str | None = None
    interval: Interval | None = None
    compare: Comparison | None = None
    where: Expression | None = None
    properties_of: str | None = None
    limit: int = 20


Ask = Callable[[Wanted, Principal], Awaitable[EncodedAnswer]]
Exporter = Callable[[ExportAsked], Awaitable[BinaryIO]]


class Stats:
    """Nothing is done for a stranger before there is a place for the question: see ``Answers``."""

    def __init__(
        self,
        answers: Answers,
        ask: Ask,
        export: Exporter,
        first: Callable[[str], int | None],
        minutes: MinuteStore,
    ) -> None:
        """``first`` returns when a site's archive begins (ms)."""
        self._answers = answers
        self._ask = ask
        self._export = export
        self._first_archived = first
        self._minutes = minutes

    async def document(self, site: Site, query: StatsQuery, now: int, caller: Principal) -> bytes:
        """A ``StatsDocument`` in JSON. Raises InvalidInput, RateLimited, Overloaded and
        StoreUnavailable."""

        async def run() -> EncodedAnswer:
            return await self._ask(await self._document_asked(site, query, now), caller)

        return await self._answers.answer(answer_key("report", site, query), caller, run)

    async def table(
        self, site: Site, query: StatsQuery, shape: TableShape, now: int, caller: Principal
    ) -> bytes:
        """Rows of metrics by dimensions, as ``shape`` says, in JSON. Raises the same."""

        async def run() -> EncodedAnswer:
            span = await self._span(site, query, now)
            wanted = TableAsked(
                site=site.id,
                time_zone=site.time_zone,
                span=_time_span(span),
                interval=_interval(span, query),
                where=query.where,
                shape=shape,
            )
            return await self._ask(wanted, caller)

        return await self._answers.answer(answer_key("report", site, query, shape), caller, run)

    async def export(
        self, site: Site, query: StatsQuery, how: ExportFormat, now: int
    ) -> tuple[BinaryIO, str]:
        """A file with the events that the report counts, which the caller closes, and a name for
        it. Raises InvalidInput, Overloaded and StoreUnavailable."""
        span = await self._span(site, query, now)
        wanted = ExportAsked(site=site.id, span=_time_span(span), where=query.where, format=how)
        begin, end = period_names(span)
        return await self._export(wanted), f"{site.id}-{begin}-{end}.{how}".replace(":", "")

    async def _document_asked(self, site: Site, query: StatsQuery, now: int) -> DocumentAsked:
        span = await self._span(site, query, now)
        interval = _interval(span, query)
        then = compared_period(query.period, span, query.compare) if query.compare else None
        return DocumentAsked(
            site=site.id,
            time_zone=site.time_zone,
            span=_time_span(span),
            interval=interval,
            compared=_time_span(then) if then is not None else None,
            compared_end=_compared_end(span, then, now) if then is not None else 0,
            where=query.where,
            properties_of=query.properties_of,
            limit=query.limit,
            peak=await self._peak(site, span) if query.where is None else None,
        )

    async def _span(self, site: Site, query: StatsQuery, now: int) -> Period:
        moment = datetime.fromtimestamp(now / 1000, ZoneInfo(site.time_zone))
        first = await self._first(site.id) if query.period == "all" else None
        return named_period(query.period, query.begin, query.end, moment, first)

    async def _first(self, site: str) -> datetime | None:
        """When the site has its first numbers."""
        ends = await self._minutes.ends(site)
        archived = await asyncio.to_thread(self._first_archived, site)
        known = [each for each in (archived, ends and ends[0] * MINUTE_MS) if each is not None]
        return clipped(min(known), UTC) if known else None

    async def _peak(self, site: Site, span: Period) -> PeakRow | None:
        begin, end = (int(each.timestamp()) // 60 for each in (span.begin, span.end))
        peak = await self._minutes.peak(site.id, begin, end)
        if peak is None:
            return None
        minute = datetime.fromtimestamp(peak.minute * 60, span.begin.tzinfo)
        return PeakRow(peak.current_visitors, minute.isoformat(timespec="minutes"))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _time_span(span: Period) -> TimeSpan:
    return TimeSpan(_ms(span.begin), _ms(span.end))


def _interval(span: Period, query: StatsQuery) -> Interval:
    """Raises InvalidInput when the period has too many of it."""
    interval = query.interval or usual_interval(span)
    require_few_buckets(span, interval)
    return interval


def _compared_end(span: Period, then: Period, now: int) -> int:
    """While a period runs, it is compared with as much of the other, to a quarter of an hour."""
    begin, end = _ms(then.begin), _ms(then.end)
    if not _ms(span.begin) <= now < _ms(span.end):
        return end
    past = (now - _ms(span.begin)) // QUARTER_MS * QUARTER_MS
    return min(end, max(begin + QUARTER_MS, begin + past))
