"""``footfall dynamodb create-table | enable-streams | status``."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

import click

from footfall.cli.catalog import show
from footfall.cli.options import STORE, with_settings
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.open import DYNAMODB, open_catalog
from footfall.errors import InvalidInput
from footfall.settings import Settings

if TYPE_CHECKING:
    from footfall.engines.dynamodb.table import Table

T = TypeVar("T")


@click.group()
def dynamodb() -> None:
    """The table of a DynamoDB store."""


@dynamodb.command("create-table")
@click.option("--read-units", type=click.IntRange(min=1), help="Reserved reads per second.")
@click.option("--write-units", type=click.IntRange(min=1), help="Reserved writes per second.")
@with_settings(STORE)
def create_table(settings: Settings, read_units: int | None, write_units: int | None) -> None:
    """Create the table with its stream and expiry: on demand, unless units are reserved."""
    if (read_units is None) != (write_units is None):
        raise InvalidInput("give both --read-units and --write-units, or neither for on demand")
    units = (read_units, write_units) if read_units and write_units else None
    _with_table(settings.store, lambda table: table.create(units))
    click.echo("The table is ready. Add a site with `footfall site add`.")


@dynamodb.command("enable-streams")
@with_settings(STORE)
def enable_streams(settings: Settings) -> None:
    """Turn on the stream and expiry of an existing table."""
    _with_table(settings.store, lambda table: table.enable_streams())
    click.echo("Stream and expiry are on.")


@dynamodb.command()
@with_settings(STORE)
def status(settings: Settings) -> None:
    """Show the table's state, and which live nodes read its stream."""
    found = _with_table(settings.store, lambda table: table.status())
    rows = [
        ("status", found.status),
        ("billing", found.billing),
        ("items (updated every few hours)", str(found.items)),
        ("stream", found.stream or "off: run `footfall dynamodb enable-streams`"),
        ("expiry", "on" if found.expiry else "off: run `footfall dynamodb enable-streams`"),
        ("shards per site", str(found.shards)),
        ("live nodes (at most 2)", ", ".join(found.nodes) or "none"),
    ]
    show(rows)


def _with_table(url: str, work: Callable[["Table"], Awaitable[T]]) -> T:
    """Open the table of ``url``, do ``work``, close it. Raises InvalidInput if ``url`` does not
    name a table or the client is not installed."""
    if not url.startswith(DYNAMODB):
        raise InvalidInput(
            f"{url!r} is no table: name one with --store "
            f"{DYNAMODB}footfall?region=eu-central-1 or FOOTFALL_STORE",
            field="store",
        )
    open_catalog(url)  # raises if the client is not installed; does not contact DynamoDB
    engine = import_module("footfall.engines.dynamodb.table")

    async def run() -> T:
        table: Table = engine.Table(parse_options(url))
        try:
            return await work(table)
        finally:
            await table.close()

    return asyncio.run(run())
