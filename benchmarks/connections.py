"""Raw HTTP/1.1 connections for the latency figures. They are cheap, so the client adds little."""

import asyncio
import re
import time
from typing import cast

_COUNT = re.compile(rb'"name":"probe","count":(\d+)\D')
_TAIL = 64
"""Bytes kept from the last read, in case a count is split between two reads."""


class Poster(asyncio.Protocol):
    """Sends one request at a time; ``busy`` until the answer. Counts answers other than 204."""

    def __init__(self) -> None:
        self.busy = False
        self.refused = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is not registered

    def post(self, request: bytes) -> None:
        assert self._transport is not None
        self.busy = True
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.busy = False
        if not data.startswith(b"HTTP/1.1 204"):
            self.refused += 1

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


class Subscriber(asyncio.Protocol):
    """Reads a live stream and records when each count of the event "probe" first appears."""

    def __init__(self, request: bytes) -> None:
        self.seen: list[float] = []
        """The time at which ``index + 1`` probes were visible."""
        self.started = asyncio.Event()
        self._request = request
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's own is not registered
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self._rest += data
        if b'"type":"snapshot"' in self._rest:
            self.started.set()
        for count in _COUNT.findall(self._rest):
            self.seen.extend([now] * (int(count) - len(self.seen)))
        self._rest = self._rest[-_TAIL:]

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
