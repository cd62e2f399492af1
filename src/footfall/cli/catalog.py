"""Opens the catalog for one command, even while a server runs on the same store."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import click
from tabulate import tabulate

from footfall.catalog.port import Catalog
from footfall.engines.open import open_catalog

T = TypeVar("T")


def with_catalog(store: str, work: Callable[[Catalog], Awaitable[T]]) -> T:
    """Open the catalog of ``store``, do ``work``, close it. Raises FootfallError."""

    async def run() -> T:
        catalog = open_catalog(store)
        try:
            return await work(catalog)
        finally:
            await catalog.close()

    return asyncio.run(run())


def moment(time: int) -> str:
    """``time`` (ms) as tables show it, in UTC."""
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def show(rows: Iterable[Sequence[str]], headings: Sequence[str] = ()) -> None:
    """Print a table, as wide as its texts are: a pipe has no width to fit them in."""
    click.echo(tabulate(rows, headings, tablefmt="simple_outline", disable_numparse=True))
