"""``footfall export``: a site's archived events, each with its visit, as a file."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from footfall.app import archive_limits
from footfall.cli.archives import archive_of, site_rules
from footfall.cli.catalog import moment
from footfall.cli.options import HISTORY, with_settings
from footfall.errors import InvalidInput, NotFound
from footfall.history.archive import snapshot
from footfall.history.archive.database import open_database
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import site_folder
from footfall.history.periods import clipped, period
from footfall.history.reports.export import write
from footfall.history.reports.question import Buckets, Export, Question
from footfall.history.reports.report import PeriodReport
from footfall.settings import Settings


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--site", "site_id", metavar="ID", required=True, help="Whose events.")
@click.option("--from", "begin", metavar="DATE", help="The first day.  [default: the oldest]")
@click.option("--to", "end", metavar="DATE", help="The last day.  [default: the newest]")
@with_settings(HISTORY)
def export(
    settings: Settings, file: Path, site_id: str, begin: str | None, end: str | None
) -> None:
    """Write a site's archived events into the new FILE, which ends in .csv or .parquet."""
    kind: Any = file.suffix.removeprefix(".")
    if kind not in ("csv", "parquet"):
        raise InvalidInput(f"{file} must end in .csv or .parquet: that says the format")
    if file.exists():
        raise InvalidInput(f"{file} exists: choose a new name, or remove it")
    zone = ZoneInfo(site_rules(settings, site_id).site.time_zone)
    archive = SiteArchive(site_folder(archive_of(settings), site_id), site_id)
    if archive.manifest.first is None:
        raise NotFound(f"nothing of {site_id!r} is archived yet: a server does it after each day")
    oldest = clipped(archive.manifest.first, zone).date().isoformat()
    span = period(begin or oldest, end, datetime.now(UTC).astimezone(zone))
    edges = tuple(round(each.timestamp() * 1000) for each in (span.begin, span.end))
    with (
        tempfile.TemporaryDirectory("-footfall") as temporary,
        open_database(Path(temporary), archive_limits(settings)) as database,
    ):
        question = Question(site=site_id, buckets=Buckets(edges))
        report = PeriodReport(database, snapshot.take(database, archive, Path(temporary)))
        write(report, Export(question, kind), file)
    newest = max(each.until for each in archive.manifest.files)
    click.echo(f"Wrote {file}. What is archived ends at {moment(newest)} UTC.")
