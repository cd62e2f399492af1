"""The periods that a report can be about, in the site's time zone, and their buckets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import get_args

from footfall.errors import InvalidInput
from footfall.history.periods import (
    Period,
    clock_change,
    day_of,
    first_moment,
    period,
    when_shown,
)
from footfall.model import Comparison, Interval, PeriodName

DAYS = {"today": 1, "7d": 7, "28d": 28, "30d": 30, "90d": 90}
MAX_BUCKETS = 10_000
_ONE_DAY = timedelta(days=1)
LENGTHS: dict[Interval, timedelta] = {
    "hour": timedelta(hours=1),
    "day": _ONE_DAY,
    "week": timedelta(weeks=1),
    "month": timedelta(days=30.4369),
}
"""On average."""


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
        return day_of(_before(day_of(now).begin, timedelta(seconds=1)))
    if name == "24h":
        return _last_24_hours(now)
    if name in DAYS:
        since = today - timedelta(days=DAYS[name] - 1)
    elif name == "all":
        since = min(first.astimezone(now.tzinfo).date(), today) if first is not None else today
    else:
        since = _month_before(today, {"month": 0, "12mo": 11}.get(name, today.month - 1))
    return Period(first_moment(since, now.tzinfo), day_of(now).end)


def compared_period(name: PeriodName, of: Period, how: Comparison) -> Period:
    """The period before ``of``, or the same dates a year before."""
    if how == "year":
        return _year_before(of)
    zone, months = of.begin.tzinfo, {"month": 1, "year": 12, "12mo": 12}.get(name)
    if months is not None:
        return Period(first_moment(_month_before(of.begin.date(), months), zone), of.begin)
    if of.days is not None:
        first, last = of.days
        begin = first_moment(first - (last - first) - _ONE_DAY, zone)
        if begin.timestamp() < of.begin.timestamp():  # unless that day was skipped
            return Period(begin, of.begin)
    return Period(_before(of.begin, of.length), of.begin)


def usual_interval(of: Period) -> Interval:
    days = of.length / _ONE_DAY
    return "hour" if days <= 2 else "day" if days <= 92 else "month"


def require_few_buckets(of: Period, interval: Interval) -> None:
    """Raises InvalidInput. By arithmetic: whoever asks may not be allowed to."""
    if of.length / LENGTHS[interval] > MAX_BUCKETS:
        longer = get_args(Interval)[get_args(Interval).index(interval) + 1 :]
        raise InvalidInput(
            f"that would be more than {MAX_BUCKETS:,} rows: choose a shorter period, or "
            f"interval={longer[0] if longer else 'month'}",
            field="interval",
        )


def bucket_starts(of: Period, interval: Interval) -> list[datetime]:
    """When each bucket of the period begins; the first may be cut."""
    starts, end = [of.begin], of.end.timestamp()
    for start in _starts(of.begin, interval):
        if start.timestamp() >= end:
            break
        starts.append(start)
    return starts


def bucket_name(start: datetime, interval: Interval) -> str:
    """``2026-11-24T14:00+01:00``, ``2026-11-24``, the Monday of the week, or ``2026-11``."""
    if interval == "hour":
        return start.isoformat(timespec="minutes")
    day = start.date()
    if interval == "week":
        day -= timedelta(days=day.weekday())
    return day.isoformat()[: 7 if interval == "month" else None]


def period_names(of: Period) -> tuple[str, str]:
    """From and to: dates, both included, where the period has whole days."""
    if of.days is not None:
        first, last = of.days
        return first.isoformat(), last.isoformat()
    begin, end = (each.isoformat(timespec="minutes") for each in (of.begin, of.end))
    return begin, end


def _starts(begin: datetime, interval: Interval) -> Iterator[datetime]:
    """The beginnings of the hours, days, weeks or months after ``begin``."""
    if interval == "hour":
        hour = begin
        while True:
            yield (hour := _next_hour(hour))
    day, newest = begin.date(), begin.timestamp()
    while True:
        if interval == "month":
            day = _month_before(day, -1)
        else:
            day += timedelta(days=7 - day.weekday() if interval == "week" else 1)
        start = first_moment(day, begin.tzinfo)
        if start.timestamp() > newest:  # zones that changed sides of the date line skipped a day
            yield start
        newest = start.timestamp()


def _next_hour(moment: datetime) -> datetime:
    """When the next hour of the clock begins: an hour ends where the clock is set."""
    left = timedelta(hours=1) - timedelta(
        minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )
    following = (moment.astimezone(UTC) + left).astimezone(moment.tzinfo)
    return clock_change(moment, following) or following


def _last_24_hours(now: datetime) -> Period:
    """Whole hours of the clock, with the running one: up to an hour less than 24 where it was set
    by a part of an hour, or within one."""
    end = _next_hour(now)
    begin = _before(end, timedelta(hours=24))
    return Period(begin if not (begin.minute or begin.second) else _next_hour(begin), end)


def _before(moment: datetime, length: timedelta) -> datetime:
    return (moment.astimezone(UTC) - length).astimezone(moment.tzinfo)


def _month_before(day: date, months: int) -> date:
    """The first of the month so many months before that of ``day``."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def _year_before(of: Period) -> Period:
    """The same dates. A 29 February becomes a 28th; an end on a 29 February keeps its distance (in
    days) from the begin."""
    begin, end = (_wall_a_year_before(each) for each in (of.begin, of.end))
    if _is_leap_day(of.end):
        days = of.end.date() - of.begin.date()
        end = datetime.combine(begin.date() + days, end.time())
    zone = of.begin.tzinfo
    first, last = when_shown(begin, zone), when_shown(end, zone)
    if first.timestamp() >= last.timestamp():  # the clock was set past all of them
        last = _before(first, -of.length)
    return Period(first, last)


def _wall_a_year_before(moment: datetime) -> datetime:
    day = 28 if _is_leap_day(moment) else moment.day
    return moment.replace(year=moment.year - 1, day=day, tzinfo=None, fold=0)


def _is_leap_day(moment: datetime) -> bool:
    return (moment.month, moment.day) == (2, 29)
