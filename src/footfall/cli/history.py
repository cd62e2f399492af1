"""``footfall history status | verify | rebuild``."""

from datetime import UTC, datetime

import click

from footfall.cli.archives import (
    archive_of,
    forget_since,
    log_begins,
    own_archive,
    problems,
    site_rules,
)
from footfall.cli.catalog import moment, show
from footfall.cli.options import HISTORY, with_settings
from footfall.errors import NotFound, StoreUnavailable
from footfall.history.archive import aside
from footfall.history.archive import manifest as manifests
from footfall.history.folder import site_folder, site_folders
from footfall.settings import Settings
from footfall.times import DAY_MS


@click.group()
def history() -> None:
    """Look at the archive of the past."""


@history.command()
@with_settings(HISTORY)
def status(settings: Settings) -> None:
    """Show what the archive has of each site."""
    rows, folder = [], archive_of(settings)
    for site, of_site in site_folders(folder).items():
        manifest = manifests.read(of_site)
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
    for moved, end in aside.listed(folder):
        sites = ", ".join(sorted(path.name for path in moved.rglob("site=*")))
        click.echo(f"{moved}: {sites}, unknown to the store; deleted on {end}")


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


@history.command()
@click.option("--site", "site_id", metavar="ID", required=True, help="Whose archive.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The first day (UTC) to forget.  [default: the first that the log has whole]",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_settings(HISTORY)
def rebuild(settings: Settings, site_id: str, since: datetime | None, yes: bool) -> None:
    """Forget the newest part of a site's archive; the next server makes it anew from the log.

    Stop the server first. Pings of that time are no longer in the log, so visits are shorter there.
    """
    site_rules(settings, site_id)
    folder = own_archive(settings)
    begins = log_begins(settings.store, site_id)
    first = manifests.read(site_folder(folder, site_id)).first_own
    if begins is None or first is None:
        raise NotFound(f"there is nothing to make anew: the log has nothing of {site_id!r}")
    if since is None:
        cut = (begins if begins <= first else begins + DAY_MS - 1) // DAY_MS * DAY_MS
    else:
        cut = round(since.replace(tzinfo=UTC).timestamp() * 1000)
    lost = f", and what is before {moment(begins)} is lost" if max(cut, first) < begins else ""
    if not yes:
        click.confirm(f"Forget what is since {moment(cut)} UTC{lost}?", abort=True, err=True)
    forget_since(settings, folder, site_id, cut)
    click.echo(f"The next server archives {site_id} anew from {moment(cut)} UTC on.")
