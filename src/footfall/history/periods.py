"""The stretch of time that a reader of the past asks for, in the site's time zone."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from footfall.errors import InvalidInput

_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Period(msgspec.Struct, frozen=True):
    """From ``begin`` to before ``end``."""

    begin: datetime
    end: datetime


def period(begin: str | None, end: str | None, now: datetime) -> Period:
    """``begin`` and ``end`` are dates, both included, or date-times, without an offset in the zone
    of ``now``. Default: the day of ``now``. Raises InvalidInput."""
    first = _moment("from", begin, now.tzinfo) if begin else day_of(now).begin
    last = _moment("to", end, now.tzinfo) if end else day_of(now).end
    if end and _DATE.fullmatch(end):
        last = day_of(last).end
    if first >= last:
        raise InvalidInput("from must be before to", field="from")
    return Period(first, last)


def day_of(moment: datetime) -> Period:
    """The day of ``moment`` in its zone: 23 to 25 hours."""
    zone = moment.tzinfo
    return Period(
        first_moment(moment.date(), zone), first_moment(moment.date() + timedelta(days=1), zone)
    )


def first_moment(day: date, zone: tzinfo | None) -> datetime:
    """The first moment of a day; in some zones it is not 00:00 when clocks are set forward."""
    naive = datetime(day.year, day.month, day.day, tzinfo=zone)
    return naive.astimezone(UTC).astimezone(zone)


def _moment(field: str, text: str, zone: tzinfo | None) -> datetime:
    try:
        found = datetime.fromisoformat(text)
        moment = found if found.tzinfo is not None else found.replace(tzinfo=zone)
        return moment.astimezone(zone)
    except (ValueError, OverflowError):
        raise InvalidInput(
            f"{field} must be a date, as in 2026-11-25, or a date and time, as in "
            "2026-11-25T10:30 (of the site's time zone) or 2026-11-25T09:30Z",
            field=field,
        ) from None
