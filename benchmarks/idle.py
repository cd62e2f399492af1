"""5,000 live connections to a quiet site: memory of each; and how long the server takes to stop
with them, under full load, without losing what it has acknowledged."""

import asyncio
import os
import signal
import sqlite3
import time
from pathlib import Path

from benchmarks import servers
from benchmarks.connections import Poster, Subscriber
from benchmarks.figures import Figure, record
from benchmarks.servers import SITE, Server
from footfall.collect.collector import ANYONES

CONNECTIONS = 5000
OPENING = 100
"""At a time."""
POSTERS = 64
LOAD_SECONDS = 5
SETTLE_SECONDS = 3
BROWSER = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
    "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\n"
    "X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-Proto: https\r\n"
)
UPGRADE = (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


class Visits(Poster):
    """Posts page views one after another until the connection ends."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.acknowledged: list[str] = []
        self._name = name
        self._id = ""

    def next(self) -> None:
        self._id = f"{self._name}-{len(self.acknowledged)}"
        event = f'{{"s":"{SITE}","e":"pageview","u":"https://x.example/","id":"{self._id}"}}'
        self.post(
            f"POST /collect HTTP/1.1\r\nHost: x\r\n{BROWSER}"
            f"Content-Length: {len(event)}\r\n\r\n{event}".encode()
        )

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.refused:
            self.acknowledged.append(self._id)
            self.next()


async def measure(server: Server) -> tuple[list[Figure], list[str]]:
    """The figures, and the ids of the events that were acknowledged."""
    await close_readers(await open_readers(server, OPENING))
    before = _resident(server.process)
    readers = await open_readers(server, CONNECTIONS)
    await asyncio.sleep(SETTLE_SECONDS)
    each = (_resident(server.process) - before) / CONNECTIONS / 1024
    posters = [Visits(str(number)) for number in range(POSTERS)]
    for poster in posters:
        await connect(poster, server)
        poster.next()
    await asyncio.sleep(LOAD_SECONDS)
    if any(poster.refused for poster in posters):
        raise RuntimeError("some requests were refused before the server was told to stop")
    took = await _stop(server.process)
    acknowledged = [each for poster in posters for each in poster.acknowledged]
    await close_readers(readers)
    return [
        Figure(
            name=f"idle live connections: memory of each of {CONNECTIONS:,}",
            value=round(each, 1),
            unit="KB",
            bar=40,
            sense="at most",
            details={"half": "WebSocket", "other half": "server-sent events"},
        ),
        Figure(
            name=f"SIGTERM under {CONNECTIONS:,} live connections and full load → exit",
            value=round(took, 2),
            unit="s",
            bar=3,
            sense="at most",
            details={"acknowledged": len(acknowledged), "posters": POSTERS},
        ),
    ], acknowledged


async def open_readers(server: Server, number: int) -> list[Subscriber]:
    readers = [Subscriber(_request(server, serial)) for serial in range(number)]
    for begin in range(0, number, OPENING):
        some = readers[begin : begin + OPENING]
        for reader in some:
            await connect(reader, server)
        async with asyncio.timeout(30):
            await asyncio.gather(*(reader.started.wait() for reader in some))
    return readers


async def connect(protocol: asyncio.Protocol, server: Server) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_connection(lambda: protocol, "127.0.0.1", server.port)


def _request(server: Server, serial: int) -> bytes:
    path, fields = ("ws", UPGRADE) if serial % 2 else ("stream", "")
    return (
        f"GET /api/analytics/sites/{SITE}/{path} HTTP/1.1\r\nHost: x\r\n{BROWSER}{fields}"
        f"Authorization: Bearer {server.tokens['read']}\r\n\r\n"
    ).encode()


async def close_readers(readers: list[Subscriber]) -> None:
    for reader in readers:
        reader.close()
    await asyncio.sleep(SETTLE_SECONDS)


async def _stop(pid: int) -> float:
    """Seconds from SIGTERM to the end of the process."""
    ended = asyncio.Event()
    handle = os.pidfd_open(pid)
    asyncio.get_running_loop().add_reader(handle, ended.set)
    began = time.perf_counter()
    os.kill(pid, signal.SIGTERM)
    await ended.wait()
    took = time.perf_counter() - began
    asyncio.get_running_loop().remove_reader(handle)
    os.close(handle)
    return took


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    with servers.disk_folder() as folder:
        with servers.footfall(folder) as server:
            figures, acknowledged = asyncio.run(measure(server))
        with sqlite3.connect(folder / "bench.db") as database:
            stored = {
                row[0].removeprefix(ANYONES) for row in database.execute("SELECT id FROM events")
            }
    lost = set(acknowledged) - stored
    if lost:
        raise RuntimeError(f"{len(lost)} acknowledged events are not in the store")
    record("idle", figures)


if __name__ == "__main__":
    main()
