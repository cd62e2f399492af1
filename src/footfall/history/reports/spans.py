"""The periods that a report can be about, in the site's time zone, and their buckets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from footfall.errors import InvalidInput
from footfall.history.periods import Period, day_of, first_moment, period
from footfall.model import Comparison, Interval, PeriodName

DAYS = {"today": 1, "7d": 7, "28d": 28, "30d": 30, "90d": 90}
MAX_BUCKETS = 10_000
_ONE_DAY = timedelta(days=1)


def named_period(
    name: PeriodName,
    begin: str | None,
    end: str | None,
    now: datetime,
    first: datetime | None,
) -> Period:
    """``begin`` and ``end`` belong to ``custom``; ``first`` is when the site has its first numbers.
    Raises InvalidInput."""
    today = now.date()
    if name == "custom":
        if begin is None or end is None:
            raise InvalidInput(
                "a custom period needs from and to: give both, as dates or dates and times",
                field="from" if begin is None else "to",
            )
        return period(begin, end, now)
    if begin is not None or end is not None:
        raise InvalidInput("from and to belong to period=custom", field="period")
    if name == "yesterday":
        return day_of(now - _ONE_DAY)
    if name == "24h":
        hour = now.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
        hours = (hour - timedelta(hours=23), hour + timedelta(hours=1))
        return Period(*(each.astimezone(now.tzinfo) for each in hours))
    if name in DAYS:
        since = today - timedelta(days=DAYS[name] - 1)
    elif name == "all":
        since = first.astimezone(now.tzinfo).date() if first is not None else today
    else:
        since = _month_before(today, {"month": 0, "12mo": 11}.get(name, today.month - 1))
    return Period(first_moment(since, now.tzinfo), day_of(now).end)


def compared_period(name: PeriodName, of: Period, how: Comparison) -> Period:
    """The period before ``of``, or the same dates a year before."""
    if how == "year":
        return Period(_year_before(of.begin), _year_before(of.end))
    zone = of.begin.tzinfo
    begin, last = of.begin.date(), (of.end - timedelta(microseconds=1)).date()
    months = {"month": 1, "year": 12, "12mo": 12}.get(name)
    if months is not None:
        return Period(first_moment(_month_before(begin, months), zone), of.begin)
    if of.begin == first_moment(begin, zone) and of.end == day_of(of.end).begin:
        days = last - begin + _ONE_DAY
        return Period(first_moment(begin - days, zone), of.begin)
    length = of.end.astimezone(UTC) - of.begin.astimezone(UTC)
    return Period((of.begin.astimezone(UTC) - length).astimezone(zone), of.begin)


def usual_interval(of: Period) -> Interval:
    days = (of.end - of.begin) / _ONE_DAY
    return "hour" if days <= 2 else "day" if days <= 92 else "month"


def bucket_starts(of: Period, interval: Interval) -> list[datetime]:
    """When each bucket of the period begins; the first may be cut. Raises InvalidInput."""
    starts, end = [of.begin], of.end.timestamp()
    for start in _starts(of.begin, interval):
        if start.timestamp() >= end:  # of one zone, datetimes compare what the clock shows
            return starts
        starts.append(start)
        if len(starts) > MAX_BUCKETS:
            longer = get_args(Interval)[get_args(Interval).index(interval) + 1 :]
            raise InvalidInput(
                f"that would be more than {MAX_BUCKETS:,} rows: choose a shorter period, or "
                f"interval={longer[0] if longer else 'month'}",
                field="interval",
            )
    return starts


def bucket_name(start: datetime, interval: Interval) -> str:
    """``2026-11-24T14:00+01:00``, ``2026-11-24``, the Monday of the week, or ``2026-11``."""
    if interval == "hour":
        return start.isoformat(timespec="minutes")
    day = start.date()
    if interval == "week":
        day -= timedelta(days=day.weekday())
    return day.isoformat()[: 7 if interval == "month" else None]


def _starts(begin: datetime, interval: Interval) -> Iterator[datetime]:
    """The beginnings of the hours, days, weeks or months after ``begin``."""
    zone = begin.tzinfo
    if interval == "hour":
        hour = begin
        while True:
            # The clock's own: where it is set by half an hour, one ends after half an hour.
            left = timedelta(minutes=60 - hour.minute) - timedelta(0, hour.second, hour.microsecond)
            hour = (hour.astimezone(UTC) + left).astimezone(zone)
            yield hour
    day = begin.date()
    while True:
        if interval == "month":
            day = _month_before(day, -1)
        else:
            day += timedelta(days=7 - day.weekday() if interval == "week" else 1)
        yield first_moment(day, zone)


def _month_before(day: date, months: int) -> date:
    """The first of the month so many months before that of ``day``."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _year_before(moment: datetime) -> datetime:
    day = 28 if (moment.month, moment.day) == (2, 29) else moment.day
    naive = moment.replace(year=moment.year - 1, day=day, fold=0)
    return naive.astimezone(UTC).astimezone(moment.tzinfo)
