"""``footfall import``: the past, from files into a site's archive."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import click

from footfall.app import archive_limits
from footfall.cli.archives import own_archive, site_rules, take_in_now
from footfall.cli.options import HISTORY, with_settings
from footfall.clock import now_ms
from footfall.enrich.geo import FindPlace
from footfall.enrich.geo_database import open_geo_database, place_finder
from footfall.errors import InvalidInput
from footfall.history.archive import manifest as manifests
from footfall.history.archive.incoming import Import, prepare, prepare_totals
from footfall.history.archive.manifest import Manifest
from footfall.history.folder import site_folder
from footfall.history.limits import ArchiveLimits
from footfall.imports.ndjson import NdjsonImport, lines_of
from footfall.imports.plausible import PlausibleImport
from footfall.imports.tables import Tables
from footfall.imports.umami import UmamiImport
from footfall.model import DropReason, Event, SiteRules
from footfall.settings import Settings

READ_BYTES = 1 << 20


class Task(NamedTuple):
    """One file, and where it goes."""

    file: Path
    wanted: Import
    folder: Path
    rules: SiteRules
    manifest: Manifest
    limits: ArchiveLimits
    find_place: FindPlace


def _ndjson(task: Task) -> str:
    reading = NdjsonImport(task.rules, now_ms(), task.find_place)
    with task.file.open("rb") as lines:
        return _events(task, reading.events(lines_of(lines)), reading.dropped)


def _umami(task: Task) -> str:
    reading = UmamiImport(task.rules, now_ms())
    return _events(task, reading.events(Tables(task.file)), reading.dropped)


def _events(task: Task, events: Iterator[Event], dropped: Counter[DropReason]) -> str:
    count = prepare(task.folder, task.wanted, events, task.limits)
    return f"{count} events" + "".join(f", {number} {why}" for why, number in dropped.items())


def _plausible(task: Task) -> str:
    """What the site counted itself is not known for certain before a day is archived, so the days
    that may not be are left out too."""
    zone, own = ZoneInfo(task.rules.site.time_zone), task.manifest.first_own
    begin = now_ms() if own is None else own
    first_own = datetime.fromtimestamp(begin / 1000, zone).date()
    reading = PlausibleImport(task.rules, first_own)
    totals = reading.totals(Tables(task.file))
    days = prepare_totals(task.folder, task.wanted, totals, task.limits)
    left = len(reading.left_out)
    said = f"the totals of {days} days"
    return said + (f"; {left} since {first_own} left out: counted here" if left else "")


READERS: dict[str, Callable[[Task], str]] = {
    "ndjson": _ndjson,
    "plausible": _plausible,
    "umami": _umami,
}
"""Each imports a file, and returns what it did."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--site", "site_id", metavar="ID", required=True, help="The site they belong to.")
@click.option(
    "--format",
    "how",
    type=click.Choice(list(READERS)),
    default="ndjson",
    show_default=True,
    help="ndjson: one event of the form of /collect on each line; the others: what these products "
    "export, a zip file or a CSV file of it.",
)
@with_settings(HISTORY | {"geo_database"})
def import_(settings: Settings, files: tuple[str, ...], site_id: str, how: str) -> None:
    """Bring the past along: events of any age, or another product's export."""
    rules = site_rules(settings, site_id)
    folder = own_archive(settings)
    find_place = place_finder(open_geo_database(settings.geo_database))
    for file in map(Path, files):
        wanted = Import(site_id, _digest(file))
        manifest = manifests.read(site_folder(folder, site_id))
        if wanted.digest in manifest.imports:
            click.echo(f"{file}: imported before, nothing to do")
            continue
        task = Task(file, wanted, folder, rules, manifest, archive_limits(settings), find_place)
        click.echo(f"{file}: {READERS[how](task)}")
    if not take_in_now(folder):
        click.echo("The server that runs on this store takes them in within seconds.")


def _digest(file: Path) -> str:
    """Of the content: the same file under another name is the same."""
    found = hashlib.sha256()
    for part in _parts(file):
        found.update(part)
    if not file.stat().st_size:
        raise InvalidInput(f"{file} is empty: nothing to import")
    return found.hexdigest()[:32]


def _parts(file: Path) -> Iterator[bytes]:
    with file.open("rb") as opened:
        while part := opened.read(READ_BYTES):
            yield part
