"""``footfall demo``: the server with a site that has simulated visitors, in this process."""

import asyncio
import contextlib
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
import msgspec

from footfall.cli.options import ALL, STORE, with_settings
from footfall.cli.process import in_background, opened, run, run_server
from footfall.demo import visitors
from footfall.demo.site import SITE_ID, prepare
from footfall.demo.sitemap import ROOT
from footfall.history.folder import archive_folder
from footfall.http.resources import demo as demo_pages
from footfall.http.serving.server import address, listen
from footfall.logs import configure_logging
from footfall.settings import Settings

MIN_RATE = 0.1
"""Events per second of the simulated visitors."""

PAST_MARGIN_S = 30
"""What lies a retention back would come too late."""


@click.command()
@click.option(
    "--rate",
    type=click.FloatRange(min=MIN_RATE),
    default=10.0,
    show_default=True,
    help="Events per second of the simulated visitors.",
)
@click.option("--seed", type=int, default=None, help="Simulate the same visitors on every run.")
@with_settings(ALL - STORE)
def demo(settings: Settings, rate: float, seed: int | None) -> None:
    """Run the server on a temporary store, with a demo site and simulated visitors."""
    configure_logging()
    with tempfile.TemporaryDirectory(prefix="footfall-demo-") as folder:
        store = f"sqlite:///{Path(folder) / 'demo.db'}"
        run(_demo(msgspec.structs.replace(settings, store=store), rate, seed))


async def make_past(settings: Settings, base_url: str, seed: int | None) -> None:
    """Up to what the simulated visitors report themselves."""
    folder = archive_folder(settings.store, settings.history_folder)
    end = datetime.now(UTC) - timedelta(minutes=settings.retention_minutes)
    command = (sys.executable, "-m", "footfall.cli.demo_past", str(folder), base_url)
    process = await asyncio.create_subprocess_exec(
        *command,
        end.isoformat(),
        "" if seed is None else str(seed),
        stdin=asyncio.subprocess.DEVNULL,
        start_new_session=True,  # ctrl-C is for the demo, which ends it
    )
    try:
        await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _demo(settings: Settings, rate: float, seed: int | None) -> bool:
    listener = listen(settings.host, settings.port)
    base_url = address(listener)
    started = asyncio.Event()

    def announce() -> None:
        started.set()
        click.echo(f"Dashboard of the demo: {base_url}/sites/{SITE_ID}")
        click.echo(f"Pages of the demo site: {base_url}{ROOT}")

    async def visit(write_token: str) -> None:
        await started.wait()
        before = settings.retention_minutes * 60 - PAST_MARGIN_S
        await visitors.run(base_url, write_token, rate, seed, before)

    async with opened(settings) as store:
        prepared = await prepare(store.catalog)
        async with (
            in_background("the simulation", visit(prepared.write_token)),
            in_background("the past", make_past(settings, base_url, seed)),
        ):
            return await run_server(settings, store, announce, listener, demo_pages.routes())
