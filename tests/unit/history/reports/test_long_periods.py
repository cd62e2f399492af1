"""Reports about decades of which the archive has a day: they cost what there is."""

from datetime import UTC, datetime
from pathlib import Path

from footfall.history.archive.arrivals import insert
from footfall.history.archive.database import open_database
from footfall.history.archive.site import SiteArchive
from footfall.history.periods import period
from footfall.history.reports.document import buckets_of
from footfall.history.reports.question import Question
from footfall.history.reports.spans import bucket_starts
from tests.archiving import LIMITS, START, report_of, view

NOW = datetime.fromtimestamp(START / 1000, UTC)


def test_only_buckets_with_events_are_counted(tmp_path: Path) -> None:
    span = period("1970-01-01", "2099-12-31", NOW)
    asked = buckets_of(bucket_starts(span, "month"), span, "month")
    archive = SiteArchive(tmp_path / "site=a", "a")
    with open_database(tmp_path, LIMITS) as database:
        insert(
            database, [view(each, START + each * 1000) for each in range(3)], tmp_path / "events"
        )
        report = report_of(database, archive, tmp_path / "snapshot")
        found = report.answer(Question(site="a", buckets=asked)).counted
        (quarters,) = database.execute("SELECT count(*) FROM buckets").fetchone() or (None,)
        stretches = len(list(report._stretches(asked.edges)))
    assert len(found.series) == 130 * 12
    assert [each.page_views for each in found.series if each.page_views] == [3]
    assert (found.totals.visitors, quarters, stretches) == (1, 1, 1)
