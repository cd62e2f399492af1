"""``footfall import``: events of any age, from files into a site's archive."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import click

from footfall.app import archive_limits
from footfall.cli.archives import archive_of, site_rules, take_in_now
from footfall.cli.options import HISTORY, with_settings
from footfall.clock import now_ms
from footfall.errors import InvalidInput
from footfall.history.archive import manifest as manifests
from footfall.history.archive.incoming import Import, prepare
from footfall.history.folder import site_folder
from footfall.imports.ndjson import NdjsonImport
from footfall.settings import Settings

READ_BYTES = 1 << 20


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--site", "site_id", metavar="ID", required=True, help="The site they belong to.")
@with_settings(HISTORY)
def import_(settings: Settings, files: tuple[str, ...], site_id: str) -> None:
    """Bring events of any age along: FILES have one event of the form of /collect on each line."""
    rules = site_rules(settings, site_id)
    folder = archive_of(settings)
    for file in map(Path, files):
        wanted = Import(site_id, _digest(file))
        if wanted.digest in manifests.read(site_folder(folder, site_id)).imports:
            click.echo(f"{file}: imported before, nothing to do")
            continue
        reading = NdjsonImport(rules, now_ms())
        with file.open("rb") as lines:
            count = prepare(folder, wanted, reading.events(lines), archive_limits(settings))
        dropped = "".join(f", {number} {why}" for why, number in reading.dropped.items())
        click.echo(f"{file}: {count} events{dropped}")
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
