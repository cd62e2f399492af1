"""Periods and their buckets where clocks are set in odd ways, compared with a wall clock."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from footfall.history.periods import Period
from footfall.history.reports.spans import (
    bucket_name,
    bucket_starts,
    compared_period,
    named_period,
)
from footfall.model import Interval, PeriodName
from tests import wall_clock
from tests.wall_clock import CHANGES, around, exists, stretch

DAY = timedelta(days=1)
DATES: dict[PeriodName, int] = {"today": 1, "7d": 7}
"""Periods of so many dates."""


def whole(asked: Period) -> tuple[float, float]:
    return asked.begin.timestamp(), asked.end.timestamp()


def moments(zone: str, day: str) -> list[datetime]:
    """At different minutes of the hours around a change."""
    return [each + timedelta(minutes=7) for each in list(around(zone, day, 2))[::9]]


@pytest.mark.parametrize("interval", get_args(Interval))
@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_buckets_are_what_the_wall_shows(zone: str, day: str, interval: Interval) -> None:
    every = list(around(zone, day, 3))
    for begin, end in ((every[0], every[-1]), (every[7], every[-11])):
        starts = bucket_starts(Period(begin, end), interval)
        assert starts == wall_clock.starts(begin, end, interval)
        assert all(map(exists, starts))
        names = [bucket_name(start, interval) for start in starts]
        assert len(set(names)) == len(names)


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_periods_have_all_minutes_of_their_dates(zone: str, day: str) -> None:
    for now in moments(zone, day):
        today = now.date()
        for name, dates in DATES.items():
            asked = named_period(name, None, None, now, None)
            assert whole(asked) == stretch(zone, today - (dates - 1) * DAY, today)
            assert exists(asked.begin)
            assert exists(asked.end)
            before = compared_period(name, asked, "previous")
            expected = stretch(zone, today - (2 * dates - 1) * DAY, today - dates * DAY)
            if expected is not None:
                assert whole(before) == expected
            assert before.begin.timestamp() < before.end.timestamp() == asked.begin.timestamp()
            assert exists(before.begin)
        yesterday = named_period("yesterday", None, None, now, None)
        assert yesterday.end == named_period("today", None, None, now, None).begin
        assert whole(yesterday) == stretch(zone, yesterday.begin.date(), yesterday.begin.date())


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_the_last_24_hours_begin_and_end_with_an_hour_of_the_clock(zone: str, day: str) -> None:
    every = list(around(zone, day, 4))
    hours = wall_clock.starts(every[0], every[-1], "hour")
    for now in moments(zone, day):
        asked = named_period("24h", None, None, now, None)
        end = next(each for each in hours if each.timestamp() > now.timestamp())
        day_before = end.timestamp() - 86_400
        begin = next(each for each in hours if each.timestamp() >= day_before)
        assert whole(asked) == (begin.timestamp(), end.timestamp())
        assert asked.begin.timestamp() <= now.timestamp() < asked.end.timestamp()
        assert [*bucket_starts(asked, "hour")] == [
            each for each in hours if begin.timestamp() <= each.timestamp() < end.timestamp()
        ]


def test_24_hours_are_so_many_across_a_change_of_half_an_hour() -> None:
    now = datetime(2026, 4, 5, 12, 40, tzinfo=ZoneInfo("Australia/Lord_Howe"))
    asked = named_period("24h", None, None, now, None)
    assert asked.begin.isoformat() == "2026-04-04T14:00:00+11:00"
    assert asked.end.isoformat() == "2026-04-05T13:00:00+10:30"
    assert len(bucket_starts(asked, "hour")) == 24


@pytest.mark.parametrize("begin", ["2017-10-15", "2017-10-15T00:00", "2017-10-15T00:59"])
def test_a_day_without_midnight_begins_with_its_first_moment(begin: str) -> None:
    now = datetime(2017, 10, 20, 12, tzinfo=ZoneInfo("America/Sao_Paulo"))
    asked = named_period("custom", begin, "2017-10-16", now, None)
    starts = bucket_starts(asked, "hour")
    assert bucket_name(starts[0], "hour") == "2017-10-15T01:00-02:00"
    assert asked.days == (date(2017, 10, 15), date(2017, 10, 16))
    assert len(starts) == 23 + 24


def test_an_hour_that_comes_twice_can_be_asked_for() -> None:
    now = datetime(2026, 11, 24, tzinfo=ZoneInfo("Europe/Berlin"))
    asked = named_period("custom", "2026-10-25T02:45+02:00", "2026-10-25T02:15+01:00", now, None)
    assert asked.length == timedelta(minutes=30)


@pytest.mark.parametrize(
    ("name", "begin", "end", "then"),
    [
        ("custom", "2028-02-28", "2028-02-28", ("2027-02-28T00", "2027-03-01T00")),
        ("custom", "2028-02-01", "2028-02-28", ("2027-02-01T00", "2027-03-01T00")),
        ("custom", "2028-02-29", "2028-02-29", ("2027-02-28T00", "2027-03-01T00")),
        ("custom", "2028-02-29T10", "2028-02-29T12", ("2027-02-28T10", "2027-02-28T12")),
        ("custom", "2028-02-20", "2028-03-02", ("2027-02-20T00", "2027-03-03T00")),
        ("yesterday", None, None, ("2027-02-28T00", "2027-03-01T00")),
        ("24h", None, None, ("2027-02-28T11", "2027-03-01T11")),
    ],
)
def test_a_year_before_a_29_february_has_a_series(
    name: PeriodName, begin: str | None, end: str | None, then: tuple[str, str]
) -> None:
    now = datetime(2028, 2, 29, 10, 20, tzinfo=UTC)
    before = compared_period(name, named_period(name, begin, end, now, None), "year")
    assert tuple(f"{each:%Y-%m-%dT%H}" for each in (before.begin, before.end)) == then
    assert len(bucket_starts(before, "hour")) == before.length / timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "begin", "end"),
    [
        ("Pacific/Apia", "2012-12-30", "2012-12-30"),  # there was no such day
        ("Europe/Berlin", "2027-03-29T02:30", "2027-03-29T03:00"),  # nor such a time
    ],
)
def test_a_year_before_there_may_be_no_such_time(zone: str, begin: str, end: str) -> None:
    now = datetime(2028, 1, 1, tzinfo=ZoneInfo(zone))
    asked = named_period("custom", begin, end, now, None)
    assert compared_period("custom", asked, "year").length == asked.length
