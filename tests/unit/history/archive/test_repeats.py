"""An event that comes again from another visitor counts for the first, as in the window."""

from pathlib import Path

import msgspec
import pytest

from footfall.history.archive.arrivals import drop, insert
from footfall.history.archive.database import open_database
from footfall.history.archive.site import SiteArchive
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.question import Buckets, Question
from footfall.model import Event
from footfall.times import DAY_MS
from footfall.window.limits import WindowLimits
from footfall.window.query import ViewQuery
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow
from tests.archiving import report_of
from tests.events import event
from tests.histories import MIDNIGHT

START = MIDNIGHT * 1000 + DAY_MS // 2


def sent(offset: int, delay: int) -> list[Event]:
    """600 events of thirty visitors, whose numbers begin at ``offset``."""
    events = [event(number, time=START + number + delay) for number in range(600)]
    return [
        msgspec.structs.replace(each, visitor=offset + number % 30)
        for number, each in enumerate(events)
    ]


@pytest.mark.parametrize("delay", [0, 1, 20_000])
@pytest.mark.parametrize("first", [1, 101])
def test_a_phone_that_changes_networks_is_one_visitor(
    first: int, delay: int, tmp_path: Path
) -> None:
    """Each event is sent again from another address, at the same ms even."""
    window = SiteWindow(WindowLimits(), START // 1000)
    archive = SiteArchive(tmp_path / "site=a", "a")
    with open_database(tmp_path, ArchiveLimits(retention_ms=1_800_000)) as database:
        cursor = database.cursor()
        for events in (sent(first, 0), sent(102 - first, delay)):
            insert(cursor, events, tmp_path / "arrived")
            for each in events:
                window.fold(each)
        drop(cursor, {"other": START})  # which makes the table anew
        window.advance((START + delay) // 1000 + 1)
        day = Buckets((START - DAY_MS // 2, START + DAY_MS // 2))
        report = report_of(cursor, archive, tmp_path / "snapshot")
        totals = report.answer(Question(site="a", buckets=day))
        live = Reader(window, ViewQuery("a", 5)).document()
    assert totals.counted.totals.visitors == live.current_visitors == 30
    assert totals.counted.totals.visits == 30
    assert totals.counted.totals.page_views == live.page_views == 600
