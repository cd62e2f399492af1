"""The app for tests: called in this process, or behind a server on a free loopback port."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from footfall.app import Application, create_app
from footfall.catalog.tokens import digest, new_secret
from footfall.engines.open import open_store
from footfall.errors import StoreUnavailable
from footfall.history.stats import StatsQuery
from footfall.http.serving.server import Server, address, listen
from footfall.model import Scope, Site, Token
from footfall.principal import HOLDER
from footfall.settings import Settings

PATIENCE = 10
"""Seconds after which a test gives up."""
START = 1_790_000_000_000
ADMIN = "the-admin-token-of-the-tests"
PUBLIC, PRIVATE, OTHER = "public-site", "private-site", "other-site"


class Clock:
    """Milliseconds since the epoch, set by the test."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


def new_app(clock: Clock | None = None, store: str = "memory://", **settings: Any) -> Application:
    """Without history, unless asked for: it has a process of its own."""
    given = Settings(**{"history": False, "store": store, **settings})
    return create_app(given, open_store(store), clock or Clock())


@contextlib.asynccontextmanager
async def running(app: Application) -> AsyncIterator[Application]:
    """The app between its lifespan's startup and shutdown."""
    incoming: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
    scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    life = asyncio.create_task(app(scope, incoming.get, outgoing.put))
    try:
        await incoming.put({"type": "lifespan.startup"})
        answer = await outgoing.get()
        assert answer["type"] == "lifespan.startup.complete", answer
        await app.life.is_ready.wait()
        yield app
    finally:
        await incoming.put({"type": "lifespan.shutdown"})
        await life


@contextlib.asynccontextmanager
async def listening(app: Application) -> AsyncIterator[str]:
    """Serve the app by a real server. Gives its address; stops as on SIGTERM."""
    listener = listen("127.0.0.1", 0)
    base_url = address(listener)
    started = asyncio.Event()
    server = Server(app, started.set, app.life.begin_stop, app.connections, app.direct_collect)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await started.wait()
    await app.life.is_ready.wait()
    try:
        yield base_url
    finally:
        server.should_exit = True
        await serving


async def add_sites(app: Application) -> None:
    """Add ``PUBLIC``, ``PRIVATE`` and ``OTHER``."""
    for site_id in (PUBLIC, PRIVATE, OTHER):
        site = Site(id=site_id, name=site_id.title(), public=site_id == PUBLIC)
        await app.services.catalog.put_site(site)


async def add_token(app: Application, scope: Scope, site_id: str | None) -> str:
    """Add a token with the id ``<scope>-<site>``. Returns its secret."""
    secret = new_secret()
    token_id = f"{scope}-{site_id}"
    token = Token(id=token_id, scope=scope, digest=digest(secret), created=0, site_id=site_id)
    await app.services.catalog.put_token(token)
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(PATIENCE):
        while not await condition():  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0.001)


async def has_reports(app: Application) -> bool:
    """Whether the archive's process has started and answers."""
    now = app.services.now()
    try:
        await app.services.stats.document(Site(id="none", name=""), StatsQuery(), now, HOLDER)
    except StoreUnavailable:
        return False
    return True


async def closed_with(connection: ClientConnection) -> int | None:
    """The code with which the server closes the connection, after any other messages."""
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                await connection.recv()
        except ConnectionClosed:
            return connection.close_code
