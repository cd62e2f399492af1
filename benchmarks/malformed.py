"""A million malformed requests: how many are answered with a 5xx or not at all.

``python -m benchmarks.malformed COUNT`` tries fewer, and records nothing.
"""

import asyncio
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import cast

import httpx
import msgspec
import uvloop

from benchmarks import servers
from benchmarks.figures import Figure, record
from benchmarks.hostile import Maker, Malformed

COUNT = 1_000_000
SEED = 1
CONNECTIONS = 192
PATIENCE = 0.25
"""Seconds after which a request that got no answer is ended by its sender."""
HANG = 5.0
"""Seconds without an answer or a close."""
SITES = "/api/analytics/sites"
EXAMPLES = 10
HONEST = "honest"
"""A site that no malformed request names."""
_STATUS = re.compile(rb"HTTP/1\.[01] (\d\d\d)")
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
END = b"\r\n\r\n"
MAX_BUFFER = 1 << 20


class Tally:
    """What became of the requests."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        """By status; ``closed`` without an answer; ``hang``; ``refused`` is a 503 to be retried."""
        self.examples: list[str] = []

    def add(self, request: Malformed, outcome: str) -> None:
        self.tried[request.kind] += 1
        self.outcomes[outcome] += 1
        if (outcome == "hang" or outcome.startswith("5")) and len(self.examples) < EXAMPLES:
            self.examples.append(f"{outcome} {request.kind}: {request.data[:300]!r}")

    @property
    def failures(self) -> int:
        return sum(count for outcome, count in self.outcomes.items() if outcome.startswith("5"))


class Connection(asyncio.Protocol):
    """Sends one request at a time; ``exchange`` returns what became of it."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._outcome: asyncio.Future[str] | None = None
        self._reusable = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is not registered
        self.is_open = True

    async def exchange(self, request: Malformed) -> str:
        assert self._transport is not None
        loop = asyncio.get_running_loop()
        self._outcome, self._received = loop.create_future(), b""
        self._reusable = request.reusable
        self._transport.write(request.data)
        timers = (loop.call_later(PATIENCE, self._end), loop.call_later(HANG, self._settle, "hang"))
        outcome = await self._outcome
        for timer in timers:
            timer.cancel()
        if outcome == "hang":
            self.close()
        return outcome

    def data_received(self, data: bytes) -> None:
        if len(self._received) < MAX_BUFFER:
            self._received += data
        status = _STATUS.match(self._received)
        if status is None or END not in self._received:
            return
        code = status.group(1).decode()
        head, _, body = self._received.partition(END)
        if code == "503" and b"retry-after" in head.lower():
            code = "refused"
        length = _LENGTH.search(head + b"\r\n")
        is_whole = length is not None and len(body) >= int(length.group(1))
        if self._reusable and (is_whole or code == "204"):
            self._settle(code)
        elif self._reusable and length is not None:
            return
        elif code == "101":
            self._end()  # the frames are there already: the server must close
        else:
            self._settle(code)
            self.close()

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_open = False
        status = _STATUS.match(self._received)
        self._settle(status.group(1).decode() if status else "closed")

    def close(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()

    def _end(self) -> None:
        self.is_open = False  # for another request
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write_eof()

    def _settle(self, outcome: str) -> None:
        if self._outcome is not None and not self._outcome.done():
            self._outcome.set_result(outcome)


async def work(server: servers.Server, requests: Iterator[Malformed], tally: Tally) -> None:
    loop = asyncio.get_running_loop()
    connection = Connection()
    for request in requests:
        if not connection.is_open:
            connection.close()
            _, connection = await loop.create_connection(Connection, "127.0.0.1", server.port)
        tally.add(request, await connection.exchange(request))
        if not request.reusable:
            connection.close()
    connection.close()


async def attack(server: servers.Server, count: int) -> Tally:
    tally = Tally()
    requests = (request for request, _ in zip(Maker(SEED), range(count), strict=False))
    await asyncio.gather(*(work(server, requests, tally) for _ in range(CONNECTIONS)))
    return tally


def is_honest_answered(server: servers.Server) -> bool:
    """Whether a page view is still stored and counted."""
    admin = {"Authorization": f"Bearer {servers.ADMIN}"}
    event = {"s": HONEST, "e": "pageview", "u": "https://example.com/"}
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    with httpx.Client(base_url=server.url, timeout=HANG) as client:
        if client.post("/collect", json=event, headers=agent).status_code != 204:
            return False
        for _ in range(50):
            answer = client.get(f"{SITES}/{HONEST}/realtime", headers=admin)
            if answer.json()["currentVisitors"] == 1:
                return True
            time.sleep(0.1)
    return False


def measure(count: int) -> list[Figure]:
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        admin = {"Authorization": f"Bearer {servers.ADMIN}"}
        with httpx.Client(base_url=server.url, headers=admin) as client:
            client.patch(f"{SITES}/{servers.SITE}", json={"public": True}).raise_for_status()
            client.post(SITES, json={"id": HONEST, "name": "Honest"}).raise_for_status()
        started = time.perf_counter()
        tally = uvloop.run(attack(server, count))
        seconds = time.perf_counter() - started
        if not is_honest_answered(server):
            raise RuntimeError("an honest page view is not counted afterwards")
    for example in tally.examples:
        print(f"  {example}")
    return figures(tally, seconds)


def figures(tally: Tally, seconds: float) -> list[Figure]:
    tried = sum(tally.tried.values())
    details = {
        "tried": dict(tally.tried),
        "outcomes": dict(sorted(tally.outcomes.items())),
        "requests per second": round(tried / seconds),
        "an honest page view is counted afterwards": True,
    }
    return [
        Figure(
            name="malformed requests tried",
            value=tried,
            unit="requests",
            bar=COUNT,
            sense="at least",
            details=details,
        ),
        Figure(
            name="of these answered with a 5xx",
            value=tally.failures,
            unit="requests",
            bar=0,
            sense="at most",
        ),
        Figure(
            name="of these neither answered nor closed within 5 s",
            value=tally.outcomes["hang"],
            unit="requests",
            bar=0,
            sense="at most",
        ),
    ]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(msgspec.json.format(msgspec.json.encode(measure(int(sys.argv[1])))).decode())
    else:
        record("malformed", measure(COUNT))
