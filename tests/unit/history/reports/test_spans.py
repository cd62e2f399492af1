"""Periods and their buckets, compared with what a clock on the wall shows."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.errors import InvalidInput
from footfall.history.periods import Period, day_of
from footfall.history.reports.spans import (
    bucket_name,
    bucket_starts,
    compared_period,
    named_period,
    require_few_buckets,
    usual_interval,
)
from footfall.model import Interval, PeriodName

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "America/Santiago",
)
DAYS = tuple(
    map(
        date.fromisoformat,
        ("2026-03-29", "2026-03-30", "2026-10-25", "2026-11-01", "2028-02-29", "2026-09-06"),
    )
)
QUARTER = timedelta(minutes=15)

moments = st.builds(
    lambda zone, day, hour: datetime.combine(day, time(hour, 20, 7), ZoneInfo(zone)),
    st.sampled_from(ZONES),
    st.sampled_from(DAYS),
    st.integers(0, 23),
)
NAMES = tuple(name for name in get_args(PeriodName) if name != "custom")


def span(name: PeriodName, now: datetime) -> Period:
    return named_period(name, None, None, now, now - timedelta(days=100))


def on_the_wall(moment: datetime, interval: Interval) -> str:
    """What all quarters of an hour of one bucket have in common."""
    if interval == "hour":
        return f"{moment:%Y-%m-%dT%H}{moment:%z}"
    if interval == "week":
        return str(moment.date().isocalendar()[:2])
    return f"{moment:%Y-%m-%d}"[: 7 if interval == "month" else None]


@settings(max_examples=60, deadline=None)
@given(now=moments, name=st.sampled_from(NAMES), interval=st.sampled_from(get_args(Interval)))
def test_a_bucket_is_what_the_wall_calls_the_same(
    now: datetime, name: PeriodName, interval: Interval
) -> None:
    asked = span(name, now)
    starts = bucket_starts(asked, interval)
    assert starts[0] == asked.begin
    at, number = asked.begin.astimezone(UTC), 0
    while at < asked.end:
        if number + 1 < len(starts) and at >= starts[number + 1]:
            number += 1
            before = (at - timedelta(microseconds=1)).astimezone(now.tzinfo)
            assert on_the_wall(before, interval) != on_the_wall(starts[number], interval)
        local = at.astimezone(now.tzinfo)
        assert on_the_wall(local, interval) == on_the_wall(starts[number], interval)
        at += QUARTER
    assert number == len(starts) - 1
    names = [bucket_name(start, interval) for start in starts]
    assert len(set(names)) == len(names)


@settings(max_examples=40, deadline=None)
@given(now=moments, name=st.sampled_from(NAMES))
def test_edges_are_whole_quarters_of_an_hour(now: datetime, name: PeriodName) -> None:
    asked = span(name, now)
    edges = [each.timestamp() for each in (*bucket_starts(asked, "hour"), asked.end)]
    assert all(edge % QUARTER.total_seconds() == 0 for edge in edges)
    assert all(before < after for before, after in pairwise(edges))
    assert asked.begin <= now or name == "yesterday"


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("today", (2026, 3, 15), (2026, 3, 15)),
        ("yesterday", (2026, 3, 14), (2026, 3, 14)),
        ("7d", (2026, 3, 9), (2026, 3, 15)),
        ("28d", (2026, 2, 16), (2026, 3, 15)),
        ("30d", (2026, 2, 14), (2026, 3, 15)),
        ("90d", (2025, 12, 16), (2026, 3, 15)),
        ("12mo", (2025, 4, 1), (2026, 3, 15)),
        ("month", (2026, 3, 1), (2026, 3, 15)),
        ("year", (2026, 1, 1), (2026, 3, 15)),
        ("all", (2025, 12, 5), (2026, 3, 15)),
    ],
)
def test_what_the_periods_are(
    name: PeriodName, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    asked = span(name, datetime(2026, 3, 15, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    assert asked.begin.date() == date(*first)
    assert asked.end == day_of(asked.end).begin
    assert (asked.end - timedelta(seconds=1)).date() == date(*last)


def test_the_last_24_hours_are_whole_ones_with_the_running() -> None:
    now = datetime(2026, 11, 1, 12, 40, tzinfo=ZoneInfo("America/New_York"))
    asked = span("24h", now)
    assert asked.end.isoformat() == "2026-11-01T13:00:00-05:00"
    assert asked.begin.isoformat() == "2026-10-31T14:00:00-04:00"
    assert len(bucket_starts(asked, "hour")) == 24


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25)])
def test_days_of_23_and_25_hours_exist(day: tuple[int, int, int], hours: int) -> None:
    asked = span("today", datetime(*day, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    names = [bucket_name(start, "hour") for start in bucket_starts(asked, "hour")]
    assert len(names) == hours
    if hours == 25:
        assert names[2:4] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]


@pytest.mark.parametrize(
    ("name", "begin", "end"),
    [
        ("today", "2028-02-28", "2028-02-29"),
        ("7d", "2028-02-16", "2028-02-23"),
        ("month", "2028-01-01", "2028-02-01"),
        ("year", "2027-01-01", "2028-01-01"),
        ("12mo", "2026-03-01", "2027-03-01"),
    ],
)
def test_the_period_before(name: PeriodName, begin: str, end: str) -> None:
    now = datetime(2028, 2, 29, 12, tzinfo=UTC)
    before = compared_period(name, span(name, now), "previous")
    assert (before.begin.date().isoformat(), before.end.date().isoformat()) == (begin, end)


def test_a_custom_period_is_compared_with_as_long_before() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    days = named_period("custom", "2026-11-10", "2026-11-12", now, None)
    assert compared_period("custom", days, "previous").begin == datetime(2026, 11, 7, tzinfo=UTC)
    hours = named_period("custom", "2026-11-10T10:00", "2026-11-10T11:30", now, None)
    before = compared_period("custom", hours, "previous")
    assert before == Period(datetime(2026, 11, 10, 8, 30, tzinfo=UTC), hours.begin)


def test_the_same_dates_a_year_before() -> None:
    now = datetime(2028, 2, 29, 12, tzinfo=UTC)
    before = compared_period("today", span("today", now), "year")
    assert before == Period(datetime(2027, 2, 28, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("name", "begin", "end", "field"),
    [
        ("custom", None, "2026-01-01", "from"),
        ("custom", "2026-01-01", None, "to"),
        ("custom", "2026-01-02", "2026-01-01", "from"),
        ("today", "2026-01-02", None, "period"),
    ],
)
def test_what_is_no_period(
    name: PeriodName, begin: str | None, end: str | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        named_period(name, begin, end, datetime(2026, 11, 24, tzinfo=UTC), None)
    assert refused.value.field == field


def test_too_many_rows_are_refused() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    ages = named_period("custom", "2000-01-01", "2026-01-01", now, None)
    with pytest.raises(InvalidInput, match="interval=day"):
        require_few_buckets(ages, "hour")


def test_intervals_follow_the_length() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    usual = {name: usual_interval(span(name, now)) for name in NAMES}
    assert {usual[name] for name in ("today", "yesterday", "24h")} == {"hour"}
    assert {usual[name] for name in ("7d", "28d", "30d", "90d", "month")} == {"day"}
    assert {usual[name] for name in ("12mo", "year", "all")} == {"month"}
