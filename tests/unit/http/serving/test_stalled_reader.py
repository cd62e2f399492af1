"""A reader that stops reading costs bounded memory, delays nobody, and ends on the newest state."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from footfall.live.message import Message
from footfall.model import Position
from tests.copy import Copy
from tests.serving import PUBLIC, Clock, add_sites, listening, new_app

SITE = f"/api/analytics/sites/{PUBLIC}"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
POSTS = 60
BUFFERS = 500_000
"""Bytes that both socket buffers and the server's own may hold for one reader."""


@pytest.fixture
async def server() -> AsyncIterator[str]:
    clock = Clock(time.time_ns() // 1_000_000)
    app = new_app(clock, update_interval_ms=1, rate_limit=0)
    async with listening(app) as address:
        await add_sites(app)
        yield address


def page_views(post: int) -> list[dict[str, Any]]:
    """Fifty with long titles, so that an update of the feed has about 55 KB."""
    return [
        {"s": PUBLIC, "e": "pageview", "u": f"https://x.example/{post}/{n}", "t": "long " * 220}
        for n in range(50)
    ]


async def test_a_stalled_reader_costs_bounded_memory_and_ends_on_the_newest_state(
    server: str,
) -> None:
    stalled, received = await _open_stream(server), 0
    quick, bytes_sent = Copy(100), 0
    async with (
        connect(
            "ws" + server.removeprefix("http") + f"{SITE}/ws?limit=100", max_size=None
        ) as reader,
        httpx.AsyncClient(base_url=server, headers=BROWSER) as client,
    ):
        for post in range(POSTS):
            answer = await client.post("/collect", json=page_views(post))
            assert answer.status_code == 204
            while quick.document.get("pageViews") != (post + 1) * 50:
                async with asyncio.timeout(10):
                    text = str(await reader.recv())
                bytes_sent += len(text)
                quick.apply(_message(text))
        document = (await client.get(f"{SITE}/realtime?limit=100")).json()
    slow = Copy(100)
    async for line in _lines(stalled):
        received += len(line)
        if line.startswith(b"data: "):
            slow.apply(_message(line.removeprefix(b"data: ").decode()))
        if slow.document.get("pageViews") == POSTS * 50:
            break
    stalled.close()
    for copy in (quick, slow):
        assert {**copy.document, "asOf": document["asOf"]} == document
    assert bytes_sent > 2 * BUFFERS, "the stall was too short to fill the buffers"
    assert received < BUFFERS


async def _open_stream(server: str) -> socket.socket:
    """Open an event stream of which nothing is read yet."""
    url = httpx.URL(server)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(connection, (url.host, url.port))
    await loop.sock_sendall(
        connection, f"GET {SITE}/stream?limit=100 HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    )
    return connection


async def _lines(connection: socket.socket) -> AsyncIterator[bytes]:
    """Lines until the server closes. Fails if nothing arrives for a while."""
    rest = b""
    while True:
        async with asyncio.timeout(10):
            data = await asyncio.get_running_loop().sock_recv(connection, 65_536)
        if not data:
            return
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            yield line


def _message(text: str) -> Message:
    position = json.loads(text)["position"]
    return Message(text, Position(position["epoch"], position["version"]))
