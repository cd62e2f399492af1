"""The document of a report: made and encoded here, where nobody's live number waits for it."""

from collections.abc import Sequence
from datetime import datetime
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
    PropertyRow,
    RegionRow,
    SeriesRow,
    SourceRow,
    StatsDocument,
    StatsEventRow,
    StatsGoalRow,
    StatsPageRow,
)
from footfall.history.periods import Period, is_first_moment
from footfall.history.reports.asked import DocumentAsked, TimeSpan
from footfall.history.reports.question import (
    BucketCounts,
    Buckets,
    ImportedDays,
    Question,
    ReportAnswer,
    Totals,
)
from footfall.history.reports.report import PeriodReport
from footfall.history.reports.spans import bucket_name, bucket_starts, period_names
from footfall.model import Interval
from footfall.times import utc


def document(asked: DocumentAsked, report: PeriodReport, as_of: int) -> bytes:
    """In JSON. Everything before ``as_of`` (ms) counts. Raises ``duckdb.Error``."""
    zone, interval = ZoneInfo(asked.time_zone), asked.interval
    span = period_of(asked.span, zone)
    then = period_of(asked.compared, zone) if asked.compared is not None else None
    starts = bucket_starts(span, interval)
    then_starts = bucket_starts(then, interval) if then is not None else []
    answer = report.answer(
        Question(
            site=asked.site,
            buckets=buckets_of(starts, span, interval),
            compared=buckets_of(then_starts, then, interval) if then is not None else None,
            compared_end=asked.compared_end,
            where=asked.where,
            properties_of=asked.properties_of,
            limit=asked.limit,
        )
    )
    compared = None
    if then is not None and answer.compared is not None:
        names = period_names(Period(then.begin, moment(asked.compared_end, zone)))
        compared = ComparedStats(
            **_totals(answer.compared.totals),
            from_=names[0],
            to=names[1],
            series=_series(answer.compared.series, then_starts, interval),
        )
    begin, end = period_names(span)
    return msgspec.json.encode(
        StatsDocument(
            **_totals(answer.counted.totals),
            from_=begin,
            to=end,
            **_lists(answer),
            site_id=asked.site,
            time_zone=asked.time_zone,
            interval=interval,
            as_of=utc(as_of // 1000),
            peak=asked.peak,
            series=_series(answer.counted.series, starts, interval),
            compared=compared,
            imported=_imported(answer.imported),
        )
    )


def moment(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)


def period_of(stretch: TimeSpan, zone: ZoneInfo) -> Period:
    return Period(moment(stretch.begin, zone), moment(stretch.end, zone))


def buckets_of(starts: Sequence[datetime], span: Period, interval: Interval) -> Buckets:
    edges = [round(each.timestamp() * 1000) for each in (*starts, span.end)]
    begins = starts[:1] if interval == "hour" else starts
    days = [*map(_first_whole_day, begins), span.end.toordinal()]
    return Buckets(tuple(edges), tuple(days) if days[0] < days[-1] else ())


def _first_whole_day(at: datetime) -> int:
    return at.toordinal() + (not is_first_moment(at))


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
