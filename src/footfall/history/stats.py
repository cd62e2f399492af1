"""The report of a period: asks the archive, and makes the document."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from footfall.documents import (
    BrowserRow,
    CampaignRow,
    CityRow,
    ComparedStats,
    DeviceRow,
    EntryPageRow,
    ImportedRow,
    LocationRow,
    OperatingSystemRow,
    PeakRow,
    PropertyRow,
    RegionRow,
    SeriesRow,
    SourceRow,
    StatsDocument,
    StatsEventRow,
    StatsGoalRow,
    StatsPageRow,
)
from footfall.history.answers import Countable, Timed
from footfall.history.archive.schema import QUARTER_MS
from footfall.history.periods import Period, clipped, is_first_moment
from footfall.history.port import MinuteStore
from footfall.history.reports.question import (
    BucketCounts,
    Buckets,
    Dimension,
    Export,
    ExportFormat,
    Expression,
    ImportedDays,
    Metric,
    MetricTable,
    Question,
    ReportAnswer,
    TableQuestion,
    Totals,
)
from footfall.history.reports.spans import (
    bucket_name,
    bucket_starts,
    compared_period,
    named_period,
    usual_interval,
)
from footfall.model import Comparison, Interval, PeriodName, Site
from footfall.principal import Principal
from footfall.times import MINUTE_MS, utc


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


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """See ``TableQuestion``."""

    metrics: tuple[Metric, ...]
    dimensions: tuple[Dimension, ...] = ()
    order: tuple[tuple[int, bool], ...] = ()
    limit: int = 10_000
    offset: int = 0


Exporter = Callable[[Export], Awaitable[Path]]
Ask = Callable[[Countable, Principal], Awaitable[Timed]]


class Stats:
    def __init__(
        self,
        ask: Ask,
        export: Exporter,
        first: Callable[[str], int | None],
        minutes: MinuteStore,
    ) -> None:
        """``first`` returns when a site's archive begins (ms)."""
        self._ask = ask
        self._export = export
        self._first_archived = first
        self._minutes = minutes

    async def document(
        self, site: Site, query: StatsQuery, now: int, caller: Principal
    ) -> StatsDocument:
        """Raises InvalidInput,
        RateLimited, Overloaded and StoreUnavailable."""
        zone, span = ZoneInfo(site.time_zone), await self._span(site, query, now)
        interval = query.interval or usual_interval(span)
        starts = bucket_starts(span, interval)
        then = compared_period(query.period, span, query.compare) if query.compare else None
        then_starts = bucket_starts(then, interval) if then is not None else []
        question = Question(
            site=site.id,
            buckets=_buckets(starts, span, interval),
            compared=_buckets(then_starts, then, interval) if then is not None else None,
            compared_end=_compared_end(span, then, now) if then is not None else 0,
            where=query.where,
            properties_of=query.properties_of,
            limit=query.limit,
        )
        answer, as_of = await self._ask(question, caller)
        assert isinstance(answer, ReportAnswer)
        compared = None
        if then is not None and answer.compared is not None:
            end = datetime.fromtimestamp(question.compared_end / 1000, zone)
            compared = ComparedStats(
                **_totals(answer.compared.totals),
                **_names(Period(then.begin, end)),
                series=_series(answer.compared.series, then_starts, interval),
            )
        return StatsDocument(
            **_totals(answer.counted.totals),
            **_names(span),
            **_lists(answer),
            site_id=site.id,
            time_zone=site.time_zone,
            interval=interval,
            as_of=utc(as_of // 1000),
            peak=await self._peak(site, span, zone) if query.where is None else None,
            series=_series(answer.counted.series, starts, interval),
            compared=compared,
            imported=_imported(answer.imported),
        )

    async def table(
        self, site: Site, query: StatsQuery, wanted: Wanted, now: int, caller: Principal
    ) -> tuple[MetricTable, list[str]]:
        """Rows of metrics by dimensions, and the names of the buckets that ``time`` counts. Raises
        the same as ``document``."""
        span = await self._span(site, query, now)
        interval = query.interval or usual_interval(span)
        starts = bucket_starts(span, interval)
        question = TableQuestion(
            site=site.id,
            buckets=_buckets(starts, span, interval),
            where=query.where,
            **msgspec.structs.asdict(wanted),
        )
        answer, _ = await self._ask(question, caller)
        assert isinstance(answer, MetricTable)
        return answer, [bucket_name(start, interval) for start in starts]

    async def export(
        self, site: Site, query: StatsQuery, how: ExportFormat, now: int
    ) -> tuple[Path, str]:
        """A file with the events that the report counts, which is the caller's to remove, and a
        name for it. Raises InvalidInput, Overloaded and StoreUnavailable."""
        span = await self._span(site, query, now)
        question = Question(
            site=site.id, buckets=_buckets([span.begin], span, "day"), where=query.where
        )
        names = _names(span)
        return await self._export(Export(question, how)), (
            f"{site.id}-{names['from_']}-{names['to']}.{how}".replace(":", "")
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

    async def _peak(self, site: Site, span: Period, zone: ZoneInfo) -> PeakRow | None:
        begin, end = (int(each.timestamp()) // 60 for each in (span.begin, span.end))
        peak = await self._minutes.peak(site.id, begin, end)
        if peak is None:
            return None
        minute = datetime.fromtimestamp(peak.minute * 60, zone).isoformat(timespec="minutes")
        return PeakRow(peak.current_visitors, minute)


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _buckets(starts: Sequence[datetime], span: Period, interval: Interval) -> Buckets:
    edges = [*map(_ms, starts), _ms(span.end)]
    begins = starts[:1] if interval == "hour" else starts
    days = [*map(_first_whole_day, begins), span.end.toordinal()]
    return Buckets(tuple(edges), tuple(days) if days[0] < days[-1] else ())


def _first_whole_day(moment: datetime) -> int:
    return moment.toordinal() + (not is_first_moment(moment))


def _compared_end(span: Period, then: Period, now: int) -> int:
    """While a period runs, it is compared with as much of the other, to a quarter of an hour."""
    begin, end = _ms(then.begin), _ms(then.end)
    if not _ms(span.begin) <= now < _ms(span.end):
        return end
    past = (now - _ms(span.begin)) // QUARTER_MS * QUARTER_MS
    return min(end, max(begin + QUARTER_MS, begin + past))


def _names(span: Period) -> dict[str, Any]:
    """``from_`` and ``to``: dates where the period has whole days."""
    if span.days is not None:
        first, last = span.days
        return {"from_": first.isoformat(), "to": last.isoformat()}
    begin, end = (each.isoformat(timespec="minutes") for each in (span.begin, span.end))
    return {"from_": begin, "to": end}


def _series(
    counts: Sequence[BucketCounts], starts: Sequence[datetime], interval: Interval
) -> list[SeriesRow]:
    return [
        SeriesRow(bucket_name(start, interval), each.visitors, each.visits, each.page_views)
        for start, each in zip(starts, counts, strict=True)
    ]


def _imported(found: ImportedDays | None) -> ImportedRow | None:
    if found is None:
        return None
    return ImportedRow(found.first, found.last, found.provider, found.counted)


def _totals(totals: Totals) -> dict[str, Any]:
    def mean(total: float, visits: int = totals.begun) -> float:
        return round(total / visits, 4) if visits else 0.0

    return {
        "visitors": totals.visitors,
        "visits": totals.visits,
        "page_views": totals.page_views,
        "views_per_visit": mean(totals.begun_views),
        "bounce_rate": mean(totals.bounces),
        "visit_seconds": mean(totals.visit_ms / 1000),
        "engaged_seconds": mean(totals.engaged_ms / 1000, totals.begun - totals.begun_imported),
    }


def _lists(answer: ReportAnswer) -> dict[str, Any]:
    by, all_visitors = answer.visitors_by, answer.counted.totals.visitors
    return {
        "pages": [StatsPageRow(*row) for row in answer.pages],
        "entry_pages": [EntryPageRow(*row) for row in answer.entry_pages],
        "exit_pages": [EntryPageRow(*row) for row in answer.exit_pages],
        "sources": [SourceRow(*row) for row in by["source"]],
        "campaigns": [CampaignRow(*row) for row in by["campaign"]],
        "locations": [LocationRow(*row) for row in by["country"]],
        "devices": [DeviceRow(*row) for row in by["device"]],
        "browsers": [BrowserRow(*row) for row in by["browser"]],
        "operating_systems": [OperatingSystemRow(*row) for row in by["os"]],
        "regions": [RegionRow(*row) for row in by["region"]],
        "cities": [CityRow(*row) for row in by["city"]],
        "events": [StatsEventRow(*row) for row in answer.events],
        "properties": [PropertyRow(*row) for row in answer.properties],
        "goals": [
            StatsGoalRow(name, completions, visitors, round(visitors / all_visitors, 4))
            for name, completions, visitors in answer.goals
        ],
    }
