"""The daily totals of other products, beside what was counted here.

They have one dimension at a time and no hours, so they count only where no filter is set, and in
buckets of whole days.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import msgspec

from footfall.history.reports.question import BucketCounts, Buckets, ImportedDays, Totals

Sums: TypeAlias = tuple[date, int, int, int, int, int]
"""Of a day: visitors, visits, page views, bounces, seconds."""

CHOSEN = "FROM {totals} WHERE day >= DATE '{first}' AND day < DATE '{after}'"
DAYS = "SELECT min(day), max(day), string_agg(DISTINCT provider, ', ') FROM chosen_totals"
SUMS = """
SELECT day, sum(visitors)::BIGINT, sum(visits)::BIGINT, sum(page_views)::BIGINT,
    sum(bounces)::BIGINT, sum(visit_seconds)::BIGINT
FROM chosen_totals WHERE dimension = '' GROUP BY day
"""


def chosen(totals: str, buckets: Buckets) -> str:
    """SQL for the totals of the days of ``buckets``; ``totals`` is the relation of all."""
    first, after = (date.fromordinal(each) for each in (buckets.days[0], buckets.days[-1]))
    return CHOSEN.format(totals=totals, first=first, after=after)


def found(row: tuple[date | None, date, str], *, counted: bool) -> ImportedDays | None:
    """From the row of ``DAYS``."""
    first, last, provider = row
    return None if first is None else ImportedDays(str(first), str(last), provider, counted)


def add(totals: Totals, sums: Sequence[Sums]) -> Totals:
    """``sums`` are the rows of ``SUMS``."""
    for _, visitors, visits, page_views, bounces, seconds in sums:
        totals = msgspec.structs.replace(
            totals,
            visitors=totals.visitors + visitors,
            visits=totals.visits + visits,
            page_views=totals.page_views + page_views,
            begun=totals.begun + visits,
            begun_views=totals.begun_views + page_views,
            begun_imported=totals.begun_imported + visits,
            bounces=totals.bounces + bounces,
            visit_ms=totals.visit_ms + 1000 * seconds,
        )
    return totals


def add_to_series(
    series: Sequence[BucketCounts], buckets: Buckets, sums: Sequence[Sums]
) -> list[BucketCounts]:
    """Where the buckets have whole days."""
    added = list(series)
    if len(buckets.days) == len(buckets.edges):
        for day, visitors, visits, page_views, *_ in sums:
            place = bisect_right(buckets.days, day.toordinal()) - 1
            before = added[place]
            added[place] = BucketCounts(
                before.visitors + visitors,
                before.visits + visits,
                before.page_views + page_views,
            )
    return added
