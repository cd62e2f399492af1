"""The stretch of time that a reader of the past asks for, in the site's time zone.

Datetimes of one zone compare what the clock shows, which is no order where it is set back. So
moments are compared by their timestamps.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from footfall.errors import InvalidInput
from footfall.times import DAY_MS

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)
"""Readers may ask for these days and those between. All arithmetic of periods is safe for them."""
TIMES = range(((LAST_DAY - FIRST_DAY).days + 1) * DAY_MS)
"""Their times (ms), in UTC."""
_ONE_DAY = timedelta(days=1)
_FIRST_MS, _LAST_MS = (
    (day.toordinal() - FIRST_DAY.toordinal()) * DAY_MS for day in (FIRST_DAY, LAST_DAY)
)


class Period(msgspec.Struct, frozen=True):
    """From ``begin`` to before ``end``, of one zone."""

    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end.astimezone(UTC) - self.begin.astimezone(UTC)

    @property
    def days(self) -> tuple[date, date] | None:
        """The first and the last, where it has whole days."""
        if not (is_first_moment(self.begin) and is_first_moment(self.end)):
            return None
        last = self.end.astimezone(UTC) - timedelta(seconds=1)
        return self.begin.date(), last.astimezone(self.end.tzinfo).date()


def period(begin: str | None, end: str | None, now: datetime) -> Period:
    """``begin`` and ``end`` are dates, both included, or date-times, without an offset in the zone
    of ``now``. Default: the day of ``now``. Raises InvalidInput."""
    day = day_of(now)
    first = _given("from", begin, now.tzinfo).begin if begin else day.begin
    last = _given("to", end, now.tzinfo).end if end else day.end
    if first.timestamp() >= last.timestamp():
        raise InvalidInput("from must be before to", field="from")
    return Period(first, last)


def day_of(moment: datetime) -> Period:
    """The day of ``moment`` in its zone: 23 to 25 hours."""
    day = moment.date()
    return Period(first_moment(day, moment.tzinfo), first_moment(day + _ONE_DAY, moment.tzinfo))


def first_moment(day: date, zone: tzinfo | None) -> datetime:
    """The first moment of a day; in some zones it is not 00:00 when clocks are set forward."""
    return when_shown(datetime(day.year, day.month, day.day), zone)


def is_first_moment(moment: datetime) -> bool:
    return moment.timestamp() == first_moment(moment.date(), moment.tzinfo).timestamp()


def when_shown(wall: datetime, zone: tzinfo | None) -> datetime:
    """When a clock of the zone first shows ``wall`` (naive), or is set forward past it."""
    moment = wall.replace(tzinfo=zone, fold=0).astimezone(UTC).astimezone(zone)
    if moment.replace(tzinfo=None, fold=0) == wall:
        return moment
    skipped = moment.replace(tzinfo=None) - wall
    return clock_change(moment.astimezone(UTC) - skipped, moment) or moment


def clock_change(after: datetime, until: datetime) -> datetime | None:
    """The moment after ``after``, at the latest ``until``, at which the zone of ``until`` sets its
    clocks, to the second."""
    zone = until.tzinfo
    low, high = (each.astimezone(UTC).replace(microsecond=0) for each in (after, until))
    old = low.astimezone(zone).utcoffset()
    if until.utcoffset() == old:
        return None
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // timedelta(seconds=2) * timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return high.astimezone(zone)


def clipped(time: int, zone: tzinfo | None) -> datetime:
    """``time`` (ms), or the nearest that readers may ask for: stored times may be odd."""
    moment = datetime.fromtimestamp(min(max(time, _FIRST_MS), _LAST_MS) / 1000, zone)
    return moment if moment.date() >= FIRST_DAY else first_moment(FIRST_DAY, zone)


def _given(field: str, text: str, zone: tzinfo | None) -> Period:
    """The day, or the moment."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        moment = _moment(field, text, zone)
        return Period(moment, moment)
    _check_range(field, day)
    return Period(first_moment(day, zone), first_moment(day + _ONE_DAY, zone))


def _moment(field: str, text: str, zone: tzinfo | None) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidInput(
            f"{field} must be a date, as in 2026-11-25, or a date and time, as in "
            "2026-11-25T10:30 (of the site's time zone) or 2026-11-25T09:30Z",
            field=field,
        ) from None
    _check_range(field, found.date())
    whole = found.replace(microsecond=found.microsecond // 1000 * 1000)
    return when_shown(whole, zone) if whole.tzinfo is None else whole.astimezone(zone)


def _check_range(field: str, day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInput(f"{field} must be from {FIRST_DAY} to {LAST_DAY}", field=field)
