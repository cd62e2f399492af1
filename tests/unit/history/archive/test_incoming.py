"""A past of any shape is archived in work and memory of what it has, not of how long it took."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from footfall.history.archive import arrivals, incoming
from footfall.history.archive import manifest as manifests
from footfall.history.archive.incoming import Import, prepare
from footfall.history.archive.site import SiteArchive
from footfall.history.limits import ArchiveLimits
from footfall.model import Event
from footfall.times import VISIT_GAP_MS
from tests.events import event

LIMITS = ArchiveLimits(retention_ms=1_800_000)
MINUTE_MS = 60_000


def ms(text: str) -> int:
    return round(datetime.fromisoformat(text + "+00:00").timestamp() * 1000)


def view(number: int, time: int, **fields: Any) -> Event:
    """All of one visitor."""
    return msgspec.structs.replace(event(number, time=time, **fields), visitor=1)


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The stretches that were archived."""
    stretches: list[tuple[int, int]] = []
    close = SiteArchive.close

    def counted(archive: SiteArchive, cursor: object, since: int, until: int) -> None:
        stretches.append((since, until))
        close(archive, cursor, since, until)  # type: ignore[arg-type]

    monkeypatch.setattr(SiteArchive, "close", counted)
    return stretches


def rows_of(folder: Path, kind: manifests.Kind) -> int:
    manifest = manifests.read(folder / "incoming" / "site=a" / "past")
    return sum(each.rows for each in manifest.of_kind(kind))


def test_years_without_an_event_cost_nothing(tmp_path: Path, closed: list[tuple[int, int]]) -> None:
    times = (
        ms("1970-01-01T00:00"),
        ms("1999-12-31T23:59"),
        ms("2000-01-01T00:00"),
        ms("2026-01-15T00:00"),
    )
    events = [view(number, time) for number, time in enumerate(times)]
    assert prepare(tmp_path, Import("a", "past"), events, LIMITS) == 4
    assert len(closed) <= 2 * len(times)
    assert rows_of(tmp_path, "events") == 4
    assert rows_of(tmp_path, "visits") == 3, "the one at the turn of the year is one"
    assert rows_of(tmp_path, "open") == 0


@pytest.mark.parametrize(
    ("gap", "visits"),
    [
        (VISIT_GAP_MS - 1, 2),
        (VISIT_GAP_MS, 3),
        (2 * VISIT_GAP_MS, 3),
        (2 * VISIT_GAP_MS + MINUTE_MS, 3),
        (4 * VISIT_GAP_MS, 3),
    ],
)
def test_a_visit_at_the_end_of_a_month_is_whole(tmp_path: Path, gap: int, visits: int) -> None:
    """Whatever comes next, and when."""
    last = ms("2026-01-31T23:59")
    times = (last - MINUTE_MS, last, last + gap, ms("2026-05-01T00:00"))
    events = [view(number, time) for number, time in enumerate(times)]
    prepare(tmp_path, Import("a", "past"), events, LIMITS)
    assert rows_of(tmp_path, "events") == 4
    assert rows_of(tmp_path, "visits") == visits
    assert rows_of(tmp_path, "open") == 0


def test_what_goes_into_the_database_at_once_is_bounded_in_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incoming, "CHUNK_BYTES", 100_000)
    sizes: list[int] = []
    insert = arrivals.insert_file

    def noted(cursor: object, temporary: Path) -> None:
        sizes.append(temporary.stat().st_size)
        insert(cursor, temporary)  # type: ignore[arg-type]

    monkeypatch.setattr(arrivals, "insert_file", noted)
    made = 0

    def events() -> Iterator[Event]:
        nonlocal made
        for made in range(1, 1_001):
            yield view(made, ms("2026-01-15T00:00"), title="x" * 2_000)

    assert prepare(tmp_path, Import("a", "past"), events(), LIMITS) == 1_000
    assert max(sizes) < 100_000 + incoming.AT_ONCE * 3_000
    assert len(sizes) > 5
