"""What strangers write is text in every program that opens an export."""

import csv
from pathlib import Path

import duckdb

from footfall.history.archive.database import open_database
from footfall.history.archive.incoming import Import, prepare
from footfall.history.archive.site import SiteArchive
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.export import write
from footfall.history.reports.question import Buckets, Export, ExportFormat, Question
from footfall.times import DAY_MS
from tests.archiving import report_of
from tests.events import event
from tests.ingesting import NOW

LIMITS = ArchiveLimits(retention_ms=1_800_000)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1")
TEXTS = (*FORMULAS, "Tea = 3", "a\n=1", "'=1", "Über uns", 'say "hi", please')


def exported(tmp_path: Path, kind: ExportFormat) -> Path:
    events = [
        event(number, time=NOW + number, title=text, source=text, campaign=text, referrer=text)
        for number, text in enumerate(TEXTS)
    ]
    prepare(tmp_path, Import("a", "past"), events, LIMITS)
    archive = SiteArchive(tmp_path / "incoming" / "site=a" / "past", "a")
    question = Question(site="a", buckets=Buckets((NOW - DAY_MS, NOW + DAY_MS)))
    path = tmp_path / f"export.{kind}"
    with open_database(tmp_path, LIMITS) as database:
        write(report_of(database, archive, tmp_path / "snapshot"), Export(question, kind), path)
    return path


def test_no_cell_of_a_csv_file_is_a_formula(tmp_path: Path) -> None:
    with exported(tmp_path, "csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    expected = [f"'{text}" if text in FORMULAS else text for text in TEXTS]
    for column in ("title", "source", "campaign", "referrer"):
        assert [row[column] for row in found] == expected
    assert [row["name"] for row in found] == [""] * len(TEXTS)


def test_a_parquet_file_has_the_texts_as_they_are(tmp_path: Path) -> None:
    path = exported(tmp_path, "parquet")
    with duckdb.connect() as database:
        rows = database.execute(
            "SELECT title, campaign, name FROM read_parquet(?)", [str(path)]
        ).fetchall()
    assert rows == [(text, text, None) for text in TEXTS]
