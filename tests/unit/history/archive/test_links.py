"""What the archive's files tell of a person over several days, to a stranger who reads them all."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count, pairwise
from pathlib import Path
from random import Random

import duckdb
import msgspec
import pytest

from footfall.history.archive.arrivals import drop, insert
from footfall.history.archive.database import open_database
from footfall.history.archive.manifest import NAME, read
from footfall.history.archive.site import SiteArchive
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.question import Buckets, Question
from footfall.model import Event
from footfall.times import DAY_MS, MINUTE_MS
from tests.archiving import report_of
from tests.events import event
from tests.histories import MIDNIGHT

START, DAYS, PEOPLE = MIDNIGHT * 1000, 6, 5
TEN_MINUTES = 10 * MINUTE_MS
NUMBERS = {
    "events": {"time", "visitor", "visit_start"},
    "visits": {"visitor", "visit_start", "visit_end", "engaged"},
}
"""The numbers of 64 bits in files that stay: in no other could a hash be."""


def awake(person: int, time: int) -> bool:
    """The first never sleeps; the others are there around one midnight each, and at noon."""
    if person == 0:
        return True
    into_day, day = time % DAY_MS, time // DAY_MS - START // DAY_MS
    late, early = into_day >= 23 * 60 * MINUTE_MS, into_day < 60 * MINUTE_MS
    return (late and day == person - 1) or (early and day == person) or into_day == DAY_MS // 2


def everyone() -> list[Event]:
    events: list[Event] = []
    for time in range(START, START + DAYS * DAY_MS, TEN_MINUTES):
        for person in filter(lambda each: awake(each, time), range(PEOPLE)):
            day, into_day = divmod(time, DAY_MS)
            linked = into_day < 30 * MINUTE_MS
            made = event(len(events), time=time, sid=f"s{person}")
            previous = (day - 1) * 1000 + person if linked else None
            events.append(
                msgspec.structs.replace(
                    made, visitor=day * 1000 + person, previous_visitor=previous
                )
            )
    return events


class Archived:
    def __init__(self, folder: Path, database: duckdb.DuckDBPyConnection, step: int) -> None:
        self.folder, self.database = folder / "site=a", database
        cursor = database.cursor()
        insert(cursor, everyone(), folder / "arrived")
        self.archive = SiteArchive(self.folder, "a")
        self.end = START + (DAYS + 1) * DAY_MS
        for since in range(START, self.end, step):
            self.archive.note_people(cursor)
            self.archive.close(cursor, since, since + step)
            drop(cursor, {"a": since + step})
            for path in self.archive.replaced:
                path.unlink()
            self.archive.replaced.clear()
        self.cursor = cursor

    def rows(self, kind: str, columns: str) -> list[tuple[int, ...]]:
        return self.database.execute(
            f"SELECT DISTINCT {columns} FROM '{self.folder}/{kind}-*.parquet'"
        ).fetchall()

    def numbers(self, kind: str) -> set[str]:
        found = self.database.execute(
            f"DESCRIBE FROM read_parquet('{self.folder}/{kind}-*.parquet', union_by_name = true)"
        ).fetchall()
        return {name for name, type_, *_ in found if type_ in ("BIGINT", "UBIGINT")}


@pytest.fixture(params=[DAY_MS, 7 * 60 * MINUTE_MS])
def archived(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archived]:
    with open_database(tmp_path, ArchiveLimits(retention_ms=1_800_000)) as database:
        yield Archived(tmp_path, database, request.param)


def test_no_hash_is_found_on_more_than_two_days(archived: Archived) -> None:
    days = defaultdict(set)
    for visitor, day in archived.rows("events", f"visitor, time // {DAY_MS}"):
        days[visitor].add(day)
    spanning = {
        (visitor, end // DAY_MS)
        for visitor, start, end in archived.rows("visits", "visitor, visit_start, visit_end")
        if start // DAY_MS < end // DAY_MS
    }
    for visitor, seen in days.items():
        assert len(seen) <= 2
        for before, after in pairwise(sorted(seen)):
            assert after == before + 1
            assert (visitor, after) in spanning
    assert max(map(len, days.values())) == 2


def test_no_column_has_another_hash(archived: Archived) -> None:
    for kind, numbers in NUMBERS.items():
        assert archived.numbers(kind) == numbers


def test_hashes_of_a_second_day_are_forgotten_with_the_log_s_events(archived: Archived) -> None:
    day = Buckets(tuple(START + number * DAY_MS for number in range(DAYS + 1)))

    numbers = count()

    def answer() -> list[list[int]]:
        taken = archived.folder.with_name(f"snapshot-{next(numbers)}")
        report = report_of(archived.cursor, archived.archive, taken)
        found = report.answer(Question(site="a", buckets=day)).counted
        return [[each.visitors, each.visits, each.page_views] for each in found.series]

    before = answer()
    second = {each for (each,) in archived.rows("people", "visitor")}
    assert len(second) == DAYS // 2 + PEOPLE - 1
    archived.archive.forget_people(archived.end)
    for path in archived.archive.replaced:
        path.unlink()
    assert not list(archived.folder.glob("people-*"))
    assert answer() == before
    for kind in ("events", "visits"):
        assert second.isdisjoint(each for (each,) in archived.rows(kind, "visitor"))
    manifest = read(archived.folder)
    assert all(each.day >= manifest.until // DAY_MS - 1 for each in manifest.aliases)


def test_files_of_an_older_version_are_written_anew(archived: Archived) -> None:
    """They had the hash of the day beside the person's."""
    archive, folder = archived.archive, archived.folder
    for file in archive.manifest.of_kind("events"):
        path = folder / file.name
        archived.database.execute(
            f"COPY (SELECT *, visitor AS visitor_of_day FROM '{path}') TO '{path}.new' "
            "(FORMAT parquet)"
        )
        path.with_name(path.name + ".new").replace(path)
    text = (folder / NAME).read_text()
    (folder / NAME).write_text(text.replace('"schema":2', '"schema":1'))
    archive = SiteArchive(folder, "a")
    archive.renew(archived.cursor)
    for path in archive.replaced:
        path.unlink()
    assert archived.numbers("events") == NUMBERS["events"]
    assert read(folder).schema == 2


def test_the_same_events_link_the_same_days_in_any_order(tmp_path: Path) -> None:
    """Whether they are archived or not."""
    days = Buckets((START, START + DAYS * DAY_MS))
    events = everyone()
    Random(1).shuffle(events)
    with open_database(tmp_path, ArchiveLimits(retention_ms=1_800_000)) as database:
        cursor = database.cursor()
        insert(cursor, events, tmp_path / "arrived")
        running = report_of(cursor, SiteArchive(tmp_path / "site=b", "a"), tmp_path / "before")
        totals = running.answer(Question(site="a", buckets=days)).counted.totals
        archived = Archived(tmp_path, database, DAY_MS)
        after = report_of(archived.cursor, archived.archive, tmp_path / "after")
        assert after.answer(Question(site="a", buckets=days)).counted.totals == totals
