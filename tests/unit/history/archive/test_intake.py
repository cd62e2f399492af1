"""Events into DuckDB: bad ones are found, and what fails for the machine's sake loses none."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import msgspec
import pytest
from structlog.testing import capture_logs

from footfall.errors import StoreUnavailable
from footfall.history.archive import arrivals
from footfall.history.archive.database import open_database
from footfall.history.archive.intake import Intake
from footfall.history.limits import ArchiveLimits
from footfall.model import Event
from tests.events import event


class Taking:
    def __init__(self, folder: Path) -> None:
        self.database = open_database(folder, ArchiveLimits(retention_ms=1_800_000))
        self.refused: list[str] = []
        self.intake = Intake(self.database.cursor(), folder / "arrived", self._refuse)

    def _refuse(self, event: Event, _reason: str) -> None:
        self.refused.append(event.id)

    @property
    def ids(self) -> list[str]:
        found = self.database.execute("SELECT id FROM arrived ORDER BY time").fetchall()
        return [each for (each,) in found]


@pytest.fixture
def taking(tmp_path: Path) -> Iterator[Taking]:
    made = Taking(tmp_path)
    yield made
    made.database.close()


async def test_bad_events_are_found_among_many(taking: Taking) -> None:
    events = [event(number) for number in range(1000)]
    for number in (0, 500, 501, 999):
        events[number] = msgspec.structs.replace(events[number], visitor=1 << 63)
    taking.intake.add(events)
    await taking.intake.flush()
    assert sorted(taking.refused) == ["e000000", "e000500", "e000501", "e000999"]
    assert taking.ids == [each.id for each in events if each.visitor < 1 << 63]
    assert taking.intake.taken == 1


async def test_a_disk_that_is_full_loses_nothing_and_is_told_once(
    taking: Taking, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert, is_full = arrivals.insert, True

    def failing(
        cursor: duckdb.DuckDBPyConnection, events: Sequence[Event], temporary: Path
    ) -> None:
        if is_full and len(events) < 1000:  # in the midst of a search for a bad event
            raise OSError(28, "No space left on device")
        insert(cursor, events, temporary)

    monkeypatch.setattr(arrivals, "insert", failing)
    events = [event(number) for number in range(1000)]
    events[3] = msgspec.structs.replace(events[3], visitor=1 << 63)
    taking.intake.add(events)
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(StoreUnavailable, match="No space left"):
                await taking.intake.flush()
            await taking.intake.try_flush()
        taking.intake.add([event(2000)])
        assert taking.intake.taken == 0
        assert taking.ids == []
        is_full = False
        await taking.intake.try_flush()
        await taking.intake.flush()
    assert taking.intake.problem is None
    assert taking.intake.taken == 2
    assert taking.refused == ["e000003"]
    assert len(taking.ids) == 1000
    assert [each["event"] for each in logs] == ["archive.takes_nothing", "archive.takes_again"]
