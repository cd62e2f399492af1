"""The server as a process: from the first look at the store to the exit code."""

import asyncio
import contextlib
import gc
import os
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import structlog
import uvloop

from footfall.app import Routes, create_app, retention_policy
from footfall.clock import now_ms
from footfall.engines.open import Store, open_store
from footfall.http.serving.server import Server
from footfall.settings import Settings

logger = structlog.get_logger()

EXIT_FAILED = os.EX_SOFTWARE

THREADS_END_S = 0.2
"""At the end, for threads that have closed the store already."""

COLLECT_AFTER = (20_000, 20, 100)
"""Hardly anything here is part of a cycle, so looking for cycles more often finds nothing."""


@contextlib.asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Store]:
    """The app closes the store when it stops; a failed start must close it too."""
    store = open_store(
        settings.store, retention_policy(settings, durable=True), settings.store_timeout_seconds
    )
    try:
        yield store
    finally:
        await store.close()


async def run_server(
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

    async with in_background("the announcement", announce_when_ready()):
        await server.serve(sockets=[listener])
    if app.life.failure.error is not None:
        raise app.life.failure.error
    return not server.has_failed


@contextlib.asynccontextmanager
async def in_background(name: str, work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Should the work fail, the log says so, and the server goes on."""
    task = asyncio.create_task(work, name=name)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        logger.error(f"{task.get_name()} has failed", exc_info=task.exception())


def run(main: Coroutine[Any, Any, bool]) -> None:
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
