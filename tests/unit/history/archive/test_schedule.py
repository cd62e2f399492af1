"""What is archived when, and which files become one."""

from footfall.history.archive import schedule
from footfall.history.archive.manifest import ArchiveFile, Manifest
from footfall.history.archive.schedule import HOUR_MS, Waiting, mergeable
from footfall.history.archive.schema import ROW_GROUP
from footfall.times import DAY_MS

HOURLY = 1000
MONTH = 20_788 * DAY_MS
"""2026-12-01T00:00:00Z"""


def finished_stretch(found: Waiting, manifest: Manifest, complete: int) -> tuple[int, int] | None:
    return schedule.finished_stretch(found, manifest, complete, HOURLY)


def waiting(*times: int, replayed: int | None = None) -> Waiting:
    found = Waiting()
    for time in times:
        found.add(time, has_link=False)
    found.replayed = replayed
    return found


def file(since: int, until: int, rows: int = 100, kind: str = "events") -> ArchiveFile:
    return ArchiveFile(f"{kind}-{since}-{until}", kind, since, until, rows, 1)  # type: ignore[arg-type]


def test_a_quiet_site_is_archived_by_the_day() -> None:
    some, noon = waiting(MONTH + 5 * HOUR_MS), MONTH + 12 * HOUR_MS
    assert finished_stretch(some, Manifest(), noon) is None
    assert finished_stretch(some, Manifest(), MONTH + DAY_MS) == (
        MONTH + 5 * HOUR_MS,
        MONTH + DAY_MS,
    )


def test_a_busy_site_is_archived_by_the_hour() -> None:
    many = waiting(*[MONTH + 5 * HOUR_MS] * HOURLY)
    assert finished_stretch(many, Manifest(), MONTH + 5 * HOUR_MS + 59 * 60_000) is None
    assert finished_stretch(many, Manifest(), MONTH + 7 * HOUR_MS + 1) == (
        MONTH + 5 * HOUR_MS,
        MONTH + 7 * HOUR_MS,
    )


def test_a_stretch_ends_with_its_month() -> None:
    old = waiting(MONTH - 3 * DAY_MS, MONTH + DAY_MS)
    assert finished_stretch(old, Manifest(), MONTH + 9 * DAY_MS) == (MONTH - 3 * DAY_MS, MONTH)
    rest = Manifest(until=MONTH)
    old.archived(MONTH)
    assert finished_stretch(old, rest, MONTH + 9 * DAY_MS) == (MONTH + DAY_MS, MONTH + 9 * DAY_MS)


def test_nothing_is_finished_before_the_log_was_read_as_far() -> None:
    some = waiting(MONTH, replayed=MONTH + DAY_MS - 1)
    assert finished_stretch(some, Manifest(), MONTH + 9 * DAY_MS) is None
    some.replayed = MONTH + DAY_MS
    assert finished_stretch(some, Manifest(), MONTH + 9 * DAY_MS) == (MONTH, MONTH + DAY_MS)


def test_open_visits_are_finished_though_nothing_comes() -> None:
    manifest = Manifest(until=MONTH, files=(file(0, MONTH, kind="open"),))
    assert finished_stretch(waiting(), manifest, MONTH + HOUR_MS) is None
    assert finished_stretch(waiting(), manifest, MONTH + DAY_MS) == (MONTH, MONTH + DAY_MS)
    assert finished_stretch(waiting(), Manifest(until=MONTH), MONTH + DAY_MS) is None


def test_hours_become_a_day_when_it_is_over() -> None:
    hours = [file(MONTH + hour * HOUR_MS, MONTH + (hour + 1) * HOUR_MS) for hour in range(24)]
    running = Manifest(until=MONTH + 23 * HOUR_MS, files=tuple(hours[:23]))
    big = ROW_GROUP
    assert list(mergeable(running)) == [hours[:23]]  # small as they are
    hours = [file(each.since, each.until, big) for each in hours]
    running = Manifest(until=MONTH + 23 * HOUR_MS, files=tuple(hours[:23]))
    assert list(mergeable(running)) == []
    over = Manifest(until=MONTH + DAY_MS, files=tuple(hours))
    assert list(mergeable(over)) == [hours]


def test_days_become_a_month_when_it_is_over() -> None:
    big = ROW_GROUP
    days = [file(MONTH + d * DAY_MS, MONTH + (d + 1) * DAY_MS, big) for d in range(31)]
    some = Manifest(until=MONTH + 6 * DAY_MS, files=tuple(days[:6]))
    assert list(mergeable(some)) == []
    most = Manifest(until=MONTH + 30 * DAY_MS, files=tuple(days[:30]))
    assert list(mergeable(most)) == [days[:7]]  # and then seven more
    week = file(MONTH, MONTH + 7 * DAY_MS, 7 * big)
    most = Manifest(until=MONTH + 13 * DAY_MS, files=(week, *days[7:13]))
    assert list(mergeable(most)) == []
    both = [*days, *(file(each.since, each.until, big, "visits") for each in days)]
    merged = list(mergeable(Manifest(until=MONTH + 31 * DAY_MS, files=tuple(both))))
    assert merged == [both[:31], both[31:]]


def test_a_month_that_is_merged_stays() -> None:
    files = (file(MONTH, MONTH + 31 * DAY_MS), file(MONTH - 30 * DAY_MS, MONTH))
    assert list(mergeable(Manifest(until=MONTH + 40 * DAY_MS, files=files))) == []
