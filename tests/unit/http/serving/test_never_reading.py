"""Readers that never read, by the hundred, are gone after the stall, and their memory with them."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from footfall.app import Application
from tests.raw import Raw, until
from tests.serving import PATIENCE, PUBLIC, Clock, add_sites, closed_with, listening, new_app

SITE = f"/api/analytics/sites/{PUBLIC}"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
STREAM = f"GET {SITE}/stream?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n"
SOCKET = (
    f"GET {SITE}/ws?limit=100 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
POSTS = 40
"""2.2 MB of updates, far more than the buffers of one reader hold."""
STOP_SECONDS = 3
MB = 1024 * 1024


@pytest.fixture
def app() -> Application:
    return new_app(Clock(), update_interval_ms=10, stall_seconds=1)


@pytest.fixture
async def server(app: Application) -> AsyncIterator[str]:
    async with listening(app) as address:
        await add_sites(app)
        yield address


def page_views(post: int) -> list[dict[str, Any]]:
    """Fifty with long titles: an update of the feed has about 55 KB."""
    return [
        {"s": PUBLIC, "e": "pageview", "u": f"https://x.example/{post}/{n}", "t": "long " * 220}
        for n in range(50)
    ]


def memory() -> int:
    """Bytes of this process, which is the server's too."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("request_", [STREAM, SOCKET], ids=["stream", "socket"])
async def test_hundreds_that_never_read_are_dropped_after_the_stall(
    server: str, app: Application, request_: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = memory()
    async with (
        never_reading(server, request_, 200),
        httpx.AsyncClient(base_url=server, headers=BROWSER) as client,
        connect("ws" + server.removeprefix("http") + f"{SITE}/ws", max_size=None) as honest,
    ):
        await until(lambda: app.hub.subscribers == 201)
        receiving = asyncio.create_task(closed_with(honest))
        for post in range(POSTS):
            answer = await client.post("/collect", json=page_views(post))
            assert answer.status_code == 204
        most = memory() - before
        await until(lambda: app.connections.open == 2)
        assert app.hub.subscribers == 1
        assert not receiving.done()
        receiving.cancel()
    assert app.connections.refused == {"stalled": 200}
    assert most < 60 * MB  # of which a first start takes some
    assert not caplog.records


@contextlib.asynccontextmanager
async def never_reading(server: str, request: str, number: int) -> AsyncIterator[list[Raw]]:
    opened = [await Raw.open(server, request) for _ in range(number)]
    try:
        for raw in opened:
            await raw.line()  # the head of the answer, and no more
        yield opened
    finally:
        for raw in opened:
            raw.close()


async def test_a_flood_of_pings_by_one_that_never_reads_is_not_kept(
    server: str, app: Application
) -> None:
    ping = b"\x89\xfd" + bytes(4) + bytes(125)
    before, most = memory(), 0
    async with never_reading(server, SOCKET, 1) as [flooder]:
        flooding = asyncio.create_task(flooder.send(ping * 200_000))

        def is_gone() -> bool:
            nonlocal most
            most = max(most, memory() - before)
            return not app.connections.open

        await until(is_gone)
        await flooding
    assert most < 40 * MB  # of which the flood itself has 26
    assert app.connections.refused == {"stalled": 1}


async def test_readers_that_never_read_and_senders_that_never_end_do_not_delay_the_stop(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = new_app(Clock(), update_interval_ms=10)
    half = "POST /collect HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"
    async with contextlib.AsyncExitStack() as clients:
        async with listening(app) as server:
            await add_sites(app)
            for request in (STREAM, SOCKET):
                await clients.enter_async_context(never_reading(server, request, 50))
            senders = [await Raw.open(server, half) for _ in range(50)]
            async with httpx.AsyncClient(base_url=server, headers=BROWSER) as client:
                for post in range(POSTS):
                    await client.post("/collect", json=page_views(post))
            began = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - began < STOP_SECONDS
    for sender in senders:
        sender.close()
    assert not caplog.records


async def test_what_readers_say_is_ignored(server: str, app: Application) -> None:
    async with connect("ws" + server.removeprefix("http") + f"{SITE}/ws") as socket:
        await socket.recv()
        await socket.send("hello")
        await socket.send(["in ", "three ", "parts"])
        await socket.send(b"\xff")
        async with asyncio.timeout(PATIENCE):
            await (await socket.ping())
        assert app.hub.subscribers == 1


async def test_a_socket_whose_handshake_is_too_large_gets_an_answer(
    server: str, app: Application
) -> None:
    raw = await Raw.open(server, SOCKET[:-2] + "Cookie: " + "x" * 10_000 + "\r\n\r\n")
    assert (await raw.rest()).startswith("HTTP/1.1 431 ")
    await until(lambda: app.connections.open == 0)
