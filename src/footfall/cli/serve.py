"""``footfall serve`` and ``footfall demo``: the server, in this process."""

import asyncio
import contextlib
import gc
import os
import socket
import sys
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import click
import msgspec
import structlog
import uvloop

from footfall.app import Routes, create_app, retention_policy
from footfall.build import build
from footfall.catalog.port import Catalog
from footfall.catalog.tokens import new_secret, new_token
from footfall.cli.logs import configure_logging
from footfall.cli.options import ALL, STORE, with_settings
from footfall.clock import now_ms
from footfall.demo import visitors
from footfall.demo.site import SITE_ID, prepare
from footfall.demo.sitemap import ROOT
from footfall.engines.open import Store, open_store
from footfall.http.resources import demo as demo_pages
from footfall.http.serving.server import Server, address, listen
from footfall.settings import Settings

logger = structlog.get_logger("footfall.demo")

EXIT_FAILED = os.EX_SOFTWARE

THREADS_END_S = 0.2
"""At the end, for threads that have closed the store already."""

COLLECT_AFTER = (20_000, 20, 100)
"""Hardly anything here is part of a cycle, so looking for cycles more often finds nothing."""

MIN_RATE = 0.1
"""Events per second of the demo's visitors."""


@click.command()
@with_settings()
def serve(settings: Settings) -> None:
    """Run the server."""
    configure_logging()
    _run(_serve(settings))


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
        _run(_demo(msgspec.structs.replace(settings, store=store), rate, seed))


async def _serve(settings: Settings) -> bool:
    listener = listen(settings.host, settings.port)
    async with _opened(settings) as store:
        secret = None if settings.admin_token else await first_admin_token(store.catalog)

        def announce() -> None:
            click.echo(f"Footfall ({build()}) listens on {address(listener)}")
            if secret is not None:
                click.echo(
                    f"Admin token, created at this first start and shown only once: {secret}"
                )

        return await _run_server(settings, store, announce, listener)


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
        await visitors.run(base_url, write_token, rate, seed)

    async with _opened(settings) as store:
        prepared = await prepare(store.catalog)
        async with _in_background(visit(prepared.write_token)):
            return await _run_server(settings, store, announce, listener, demo_pages.routes())


async def first_admin_token(catalog: Catalog) -> str | None:
    """The secret of a new admin token, or None when the catalog has one already."""
    state = await catalog.load()
    if any(each.scope == "admin" and each.site_id is None for each in state.tokens):
        return None
    secret = new_secret()
    token = new_token(secret, "admin", created=now_ms(), name="created at first start")
    await catalog.put_token(token)
    return secret


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Store]:
    """The app closes the store when it stops; a failed start must close it too."""
    store = open_store(
        settings.store, retention_policy(settings, durable=True), settings.store_timeout_seconds
    )
    try:
        yield store
    finally:
        await store.close()


async def _run_server(
    settings: Settings,
    store: Store,
    announce: Callable[[], None],
    listener: socket.socket,
    extra_routes: Routes = (),
) -> bool:
    """False when the server ended because it can't go on. Raises FootfallError when it could not
    start."""
    app = create_app(settings, store, now_ms, extra_routes)
    await app.life.start()
    listening = asyncio.Event()
    server = Server(app, listening.set, app.life.begin_stop, app.connections, app.direct_collect)
    app.life.failure.on_final = server.fail

    async def announce_when_ready() -> None:
        await listening.wait()
        await app.life.is_ready.wait()
        announce()

    async with _in_background(announce_when_ready()):
        await server.serve(sockets=[listener])
    if app.life.failure.error is not None:
        raise app.life.failure.error
    return not server.has_failed


@contextlib.asynccontextmanager
async def _in_background(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.error("the demo's visitors have stopped", exc_info=task.exception())


def _run(main: Coroutine[Any, Any, bool]) -> None:
    """Exit with a code that makes systemd start another server when this one can't go on."""
    # The store's thread needs the GIL a few times per batch; waiting the default 5 ms each time
    # would take most of a commit.
    sys.setswitchinterval(0.0003)
    gc.freeze()  # objects loaded by now are permanent, so the collector can skip them
    gc.set_threshold(*COLLECT_AFTER)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        has_ended_well = runner.run(main)
    code = 0 if has_ended_well else EXIT_FAILED
    if _has_stuck_threads():
        sys.stdout.flush()
        os._exit(code)  # Python would wait for them
    if code:
        sys.exit(code)


def _has_stuck_threads() -> bool:
    """Whether a thread is in the middle of a commit that does not end; it is in the log."""
    deadline = time.monotonic() + THREADS_END_S
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                return True
    return False
