"""``footfall serve`` and ``footfall demo``: the server, in this process."""

import asyncio
import contextlib
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
import structlog
import uvloop
from starlette.routing import BaseRoute

from footfall.app import create_app, keep
from footfall.catalog.port import Catalog
from footfall.catalog.tokens import new_secret, new_token
from footfall.cli.logs import configure_logs
from footfall.cli.options import ALL, STORE, with_settings
from footfall.demo import pages, visitors
from footfall.demo.site import SITE_ID, prepare
from footfall.demo.sitemap import ROOT
from footfall.engines.open import Store, open_store
from footfall.http.server import Server, address, listen
from footfall.settings import Settings

log = structlog.get_logger("footfall.demo")

FEWEST_EVENTS = 0.1
"""Per second, from the demo's visitors."""


@click.command()
@with_settings()
def serve(settings: Settings) -> None:
    """Run the server."""
    configure_logs()
    _run(_serve(settings))


@click.command()
@click.option(
    "--rate",
    type=click.FloatRange(min=FEWEST_EVENTS),
    default=10.0,
    show_default=True,
    help="Events per second of the simulated visitors.",
)
@click.option("--seed", type=int, default=None, help="Lets the same visitors come each time.")
@with_settings(ALL - STORE)
def demo(settings: Settings, rate: float, seed: int | None) -> None:
    """Run the server on a temporary store, with a demo site and simulated visitors."""
    configure_logs()
    with tempfile.TemporaryDirectory(prefix="footfall-demo-") as folder:
        store = f"sqlite:///{Path(folder) / 'demo.db'}"
        _run(_demo(msgspec.structs.replace(settings, store=store), rate, seed))


async def _serve(settings: Settings) -> None:
    listener = listen(settings.host, settings.port)
    async with _opened(settings) as store:
        secret = None if settings.admin_token else await first_admin_token(store.catalog)

        def announce() -> None:
            click.echo(f"Footfall listens on {address(listener)}")
            if secret is not None:
                click.echo(f"Admin token, made at this first start and shown this once: {secret}")

        await _server(settings, store, announce).serve(sockets=[listener])


async def _demo(settings: Settings, rate: float, seed: int | None) -> None:
    listener = listen(settings.host, settings.port)
    base_url = address(listener)
    started = asyncio.Event()

    def announce() -> None:
        started.set()
        click.echo(f"The demo's dashboard: {base_url}/sites/{SITE_ID}")
        click.echo(f"Its pages, to walk through yourself: {base_url}{ROOT}")

    async def visit(write_token: str) -> None:
        await started.wait()
        await visitors.run(base_url, write_token, rate, seed)

    async with _opened(settings) as store:
        prepared = await prepare(store.catalog)
        async with _in_background(visit(prepared.write_token)):
            await _server(settings, store, announce, pages.routes()).serve(sockets=[listener])


async def first_admin_token(catalog: Catalog) -> str | None:
    """The secret of a new admin token, or None when the catalog has one already."""
    state = await catalog.load()
    if any(each.scope == "admin" and each.site_id is None for each in state.tokens):
        return None
    secret = new_secret()
    token = new_token(secret, "admin", created=_clock(), name="made at first start")
    await catalog.put_token(token)
    return secret


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    """The app closes the store when it stops; a start that fails must close it too."""
    store = open_store(settings.store, keep(settings, durable=True))
    try:
        yield store
    finally:
        await store.close()


def _server(
    settings: Settings,
    store: Store,
    announce: Callable[[], None],
    extra_routes: Sequence[BaseRoute] = (),
) -> Server:
    app = create_app(settings, store, _clock, extra_routes)
    return Server(app, announce, app.close_live)


def _clock() -> int:
    return time.time_ns() // 1_000_000


@contextlib.asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_complain)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _complain(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("the demo's visitors are gone", exc_info=task.exception())


def _run(main: Coroutine[Any, Any, None]) -> None:
    # The store's thread asks for the interpreter a few times a batch; the default of 5 ms each
    # would be most of a commit.
    sys.setswitchinterval(0.001)
    gc.freeze()  # what is loaded by now stays: the collector need not go through it again
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)
