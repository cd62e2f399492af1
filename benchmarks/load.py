"""Requests over kept connections, at a rate that does not wait for slow answers."""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Iterator
from typing import cast

import msgspec

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
_END = b"\r\n\r\n"


class Line(asyncio.Protocol):
    """A connection for one request at a time. ``ask`` returns the status; 0 if it was closed."""

    def __init__(self) -> None:
        self.is_open = False
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._status: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is not registered
        self.is_open = True

    async def ask(self, request: bytes) -> int:
        assert self._transport is not None
        self._status, self._received = asyncio.get_running_loop().create_future(), b""
        self._transport.write(request)
        return await self._status

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(_END)
        if not end:
            return
        length = _LENGTH.search(head + b"\r\n")
        if length is None or len(body) >= int(length.group(1)):
            self._settle(int(head[9:12]))

    def connection_lost(self, _error: Exception | None) -> None:
        self.is_open = False
        self._settle(0)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _settle(self, status: int) -> None:
        if self._status is not None and not self._status.done():
            self._status.set_result(status)


class Sent(msgspec.Struct):
    statuses: Counter[int] = msgspec.field(default_factory=Counter)
    latencies: list[float] = []
    """In seconds, from when each request was due."""

    def p99(self) -> float:
        return sorted(self.latencies)[int(len(self.latencies) * 0.99)]


async def send(
    port: int, requests: Iterator[bytes], *, rate: float, seconds: float, connections: int
) -> Sent:
    """Send for ``seconds``. ``rate`` is per second; what is late is sent as soon as possible."""
    sent, started = Sent(), time.perf_counter()
    due = (started + number / rate for number in range(int(rate * seconds)))
    deadline = started + seconds
    works = (_work(port, requests, due, deadline, sent) for _ in range(connections))
    await asyncio.gather(*works)
    return sent


async def _work(
    port: int, requests: Iterator[bytes], due: Iterator[float], deadline: float, sent: Sent
) -> None:
    loop, line = asyncio.get_running_loop(), Line()
    for moment in due:
        wait = moment - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        if time.perf_counter() > deadline:
            break
        if not line.is_open:
            _, line = await loop.create_connection(Line, "127.0.0.1", port)
        sent.statuses[await line.ask(next(requests))] += 1
        sent.latencies.append(time.perf_counter() - moment)
    line.close()
