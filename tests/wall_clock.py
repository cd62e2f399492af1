"""What a clock on the wall shows, looked up for each quarter of an hour: slow, and without any
arithmetic of zones but that from UTC."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from zoneinfo import ZoneInfo

from footfall.model import Interval

QUARTER = 900
"""Seconds. Clocks are set at whole ones."""
CHANGES = (
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-11-01"),
    ("Australia/Lord_Howe", "2026-04-05"),  # back by half an hour
    ("Australia/Lord_Howe", "2026-10-04"),  # and forward
    ("America/Sao_Paulo", "2017-10-15"),  # the day begins at 01:00
    ("America/Sao_Paulo", "2018-02-17"),  # its last hour comes twice
    ("America/Havana", "2026-03-08"),  # the day begins at 01:00
    ("America/Havana", "2026-11-01"),  # midnight comes twice
    ("Pacific/Apia", "2011-12-29"),  # 2011-12-30 is skipped
    ("Pacific/Apia", "2011-12-31"),
    ("Pacific/Kwajalein", "1993-08-22"),  # the day before is skipped
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Asia/Kathmandu", "1986-01-01"),  # begins at 00:15
    ("Pacific/Chatham", "2026-04-05"),  # the clock is set at 03:45
    ("Pacific/Chatham", "2026-09-27"),
    ("America/Caracas", "2016-05-01"),  # from 02:30 to 03:00
    ("Asia/Pyongyang", "2015-08-14"),  # its last half hour comes twice
    ("America/Santiago", "2026-09-06"),
)
"""A zone, and a day on which or beside which its clocks are set."""


def around(zone: str, day: str, days: int) -> Iterator[datetime]:
    """Each quarter of an hour of so many days before and after noon (UTC) of ``day``."""
    noon = int(datetime.fromisoformat(f"{day}T12:00Z").timestamp())
    for second in range(noon - days * 86_400, noon + days * 86_400, QUARTER):
        yield datetime.fromtimestamp(second, ZoneInfo(zone))


def quarters(begin: datetime, end: datetime) -> Iterator[datetime]:
    for second in range(int(begin.timestamp()), int(end.timestamp()), QUARTER):
        yield datetime.fromtimestamp(second, begin.tzinfo)


def shown(moment: datetime, interval: Interval) -> object:
    """What all quarters of an hour of a bucket have in common."""
    if interval == "hour":
        return moment.date(), moment.hour, moment.utcoffset()
    if interval == "week":
        return moment.date().isocalendar()[:2]
    return moment.date() if interval == "day" else (moment.year, moment.month)


def starts(begin: datetime, end: datetime, interval: Interval) -> list[datetime]:
    """Where the wall shows another bucket than before."""
    found: list[datetime] = []
    before = None
    for each in quarters(begin, end):
        if shown(each, interval) != before:
            found.append(each)
        before = shown(each, interval)
    return found


@cache
def stretch(zone: str, first: date, last: date) -> tuple[float, float] | None:
    """The begin and the end of all time of these dates, in seconds; None if there are none."""
    middle = date.fromordinal((first.toordinal() + last.toordinal()) // 2).isoformat()
    days = (last - first).days + 4
    seen = [each for each in around(zone, middle, days) if first <= each.date() <= last]
    if not seen:
        return None
    return seen[0].timestamp(), seen[-1].timestamp() + QUARTER


def exists(moment: datetime) -> bool:
    """Whether a clock ever shows it."""
    there = datetime.fromtimestamp(moment.astimezone(UTC).timestamp(), moment.tzinfo)
    return there.isoformat() == moment.isoformat()
