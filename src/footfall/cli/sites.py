"""``footfall site add | list | remove``."""

import click

from footfall.catalog.port import Catalog
from footfall.catalog.sweep import in_turns
from footfall.cli.archives import remove_archive
from footfall.cli.catalog import show, with_catalog
from footfall.cli.options import STORE, with_settings
from footfall.errors import AlreadyExists, NotFound
from footfall.model import Site
from footfall.settings import Settings
from footfall.validation import checked_site


@click.group()
def site() -> None:
    """Add, list and remove sites."""


@site.command()
@click.argument("site_id", metavar="ID")
@click.option("--domain", "domains", multiple=True, help="Host whose pages count; may be repeated.")
@click.option(
    "--alias",
    "aliases",
    multiple=True,
    help="What another product's script calls it, like Umami's UUID; may be repeated.",
)
@click.option("--name", default="", help="Name to display.  [default: the id]")
@click.option("--public", is_flag=True, help="Let anyone read its numbers.")
@click.option("--time-zone", default="UTC", show_default=True, help="Where its days begin.")
@with_settings(STORE)
def add(
    settings: Settings,
    site_id: str,
    domains: tuple[str, ...],
    aliases: tuple[str, ...],
    name: str,
    public: bool,
    time_zone: str,
) -> None:
    """Add the site ID."""
    wanted = checked_site(
        Site(
            id=site_id,
            name=name or site_id,
            domains=domains,
            aliases=aliases,
            public=public,
            time_zone=time_zone,
        )
    )
    try:
        with_catalog(settings.store, lambda catalog: catalog.put_site(wanted))
    except AlreadyExists as error:
        has_it = "" if error.site is None else f" (the site {error.site!r})"
        raise AlreadyExists(f"{error}{has_it}") from None
    click.echo(f"Added {site_id}. Put this into its pages, with your server's address:")
    click.echo(f'<script defer data-site="{site_id}" src="https://your-host/footfall.js"></script>')


@site.command("list")
@with_settings(STORE)
def list_sites(settings: Settings) -> None:
    """List the sites."""
    state = with_catalog(settings.store, lambda catalog: catalog.load())
    rows = []
    for each in state.sites:
        public = "yes" if each.public else "no"
        rows.append((each.id, each.name, ", ".join(each.domains) or "any", public))
    show(rows, ("id", "name", "domains", "public"))


@site.command()
@click.argument("site_id", metavar="ID")
@click.confirmation_option(prompt="Remove the site with its goals, tokens and events?")
@with_settings(STORE | {"history_folder"})
def remove(settings: Settings, site_id: str) -> None:
    """Remove the site ID with its goals, tokens and events."""

    async def work(catalog: Catalog) -> None:
        if not await catalog.delete_site(site_id):
            raise NotFound(f"there is no site {site_id!r}: see `footfall site list`")
        async for _ in in_turns(catalog.sweep):
            pass

    with_catalog(settings.store, work)
    remove_archive(settings, site_id)
    click.echo(f"Removed {site_id}.")
