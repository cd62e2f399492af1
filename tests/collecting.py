"""The ways in which a ``CollectEndpoint`` is served."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

import httpx
from uvicorn.server import ServerState

from footfall.http.resources.collect import PATHS, CollectEndpoint
from footfall.http.serving.connections import ConnectionLimits, OpenConnections
from footfall.http.serving.direct_collect import DirectCollect
from footfall.http.serving.http_connection import HttpConnection
from footfall.http.serving.serving_config import ServingConfig
from tests.ingesting import CHROME
from tests.raw import until

ClientOf: TypeAlias = Callable[[CollectEndpoint], AbstractAsyncContextManager[httpx.AsyncClient]]

HEADERS = {"user-agent": CHROME, "x-forwarded-for": "203.0.113.7"}


@contextlib.asynccontextmanager
async def through_asgi(endpoint: CollectEndpoint) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(endpoint)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://stats.example", headers=HEADERS
    ) as client:
        yield client


@contextlib.asynccontextmanager
async def by_connection(endpoint: CollectEndpoint) -> AsyncIterator[httpx.AsyncClient]:
    """As under our own server, where what a connection can't take by itself goes through ASGI."""
    direct = DirectCollect(endpoint, PATHS.values(), has_access_log=False)
    connections = OpenConnections(ConnectionLimits(), ())
    config = ServingConfig(endpoint, connections, direct, log_config=None)
    config.load()
    server = await asyncio.get_running_loop().create_server(
        lambda: HttpConnection(config, ServerState(), {}), "127.0.0.1", 0
    )
    host, port = server.sockets[0].getsockname()
    async with server:
        base_url = f"http://{host}:{port}"
        async with httpx.AsyncClient(base_url=base_url, headers=HEADERS) as client:
            yield client
        await until(lambda: connections.open == 0)
