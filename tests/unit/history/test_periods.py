"""What readers may ask for, in zones whose days have 23, 24 and 25 hours."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from footfall.errors import InvalidInput
from footfall.history.periods import day_of, period

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 25, 10, 30, tzinfo=BERLIN)


def asked(begin: str | None, end: str | None) -> tuple[str, str]:
    found = period(begin, end, NOW)
    return found.begin.isoformat(timespec="minutes"), found.end.isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("begin", "end", "expected"),
    [
        (None, None, ("2026-11-25T00:00+01:00", "2026-11-26T00:00+01:00")),
        ("2026-11-24", None, ("2026-11-24T00:00+01:00", "2026-11-26T00:00+01:00")),
        ("2026-11-20", "2026-11-21", ("2026-11-20T00:00+01:00", "2026-11-22T00:00+01:00")),
        ("2026-11-25T09", "2026-11-25T09Z", ("2026-11-25T09:00+01:00", "2026-11-25T10:00+01:00")),
        ("2026-07-01T00:00Z", "2026-07-01", ("2026-07-01T02:00+02:00", "2026-07-02T00:00+02:00")),
    ],
)  # fmt: skip
def test_dates_are_included_and_times_may_have_an_offset(
    begin: str | None, end: str | None, expected: tuple[str, str]
) -> None:
    assert asked(begin, end) == expected


@pytest.mark.parametrize(
    ("begin", "end", "field"),
    [
        ("yesterday", None, "from"),
        ("2026-11-25", "2026-13-01", "to"),
        ("2026-11-27", None, "from"),
        ("2026-11-25", "2026-11-24", "from"),
        ("0001-01-01T00:00+14:00", None, "from"),
    ],
)
def test_anything_else_is_refused(begin: str, end: str | None, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        period(begin, end, NOW)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", (2026, 3, 29), 23),
        ("Europe/Berlin", (2026, 10, 25), 25),
        ("America/Sao_Paulo", (2018, 11, 4), 23),  # begins at 01:00
        ("Australia/Lord_Howe", (2026, 4, 5), 24.5),
        ("UTC", (2026, 3, 29), 24),
    ],
)
def test_days_have_the_hours_of_their_zone(
    zone: str, day: tuple[int, int, int], hours: float
) -> None:
    found = day_of(datetime(*day, 12, tzinfo=ZoneInfo(zone)))
    length = found.end.timestamp() - found.begin.timestamp()
    assert timedelta(seconds=length) == timedelta(hours=hours)
