"""``footfall history status | verify``."""

import click

from footfall.cli.archives import archive_of, problems
from footfall.cli.catalog import moment, show
from footfall.cli.options import HISTORY, with_settings
from footfall.errors import StoreUnavailable
from footfall.history.archive import manifest as manifests
from footfall.history.folder import site_folders
from footfall.settings import Settings


@click.group()
def history() -> None:
    """Look at the archive of the past."""


@history.command()
@with_settings(HISTORY)
def status(settings: Settings) -> None:
    """Show what the archive has of each site."""
    rows = []
    for site, folder in site_folders(archive_of(settings)).items():
        manifest = manifests.read(folder)
        counts = [
            sum(each.rows for each in manifest.of_kind(kind)) for kind in ("events", "visits")
        ]
        rows.append(
            (
                site,
                "" if manifest.first is None else moment(manifest.first),
                moment(manifest.until) if manifest.until else "",
                *(f"{count:,}" for count in counts),
                f"{manifest.bytes / 1e6:,.1f} MB",
                str(len(manifest.files)),
            )
        )
    show(rows, ("site", "from", "until (UTC)", "events", "visits", "size", "files"))


@history.command()
@with_settings(HISTORY)
def verify(settings: Settings) -> None:
    """Read every file of the archive; exit code 1 if one is damaged."""
    found = problems(archive_of(settings))
    if found:
        raise StoreUnavailable(
            "\n".join(("the archive is damaged: restore these from a backup", *found))
        )
    click.echo("The archive is whole.")
