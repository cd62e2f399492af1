"""Keeps one site's window current over a WebSocket, for synchronous and async code."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from footfall.client.config import Config, as_config
from footfall.client.follower import Follower
from footfall.client.refusals import Unreachable, closure, refusal
from footfall.documents import RealtimeDocument
from footfall.errors import FootfallError

LARGEST_MESSAGE = 16 * 1024 * 1024
CONNECTION_ERRORS = (OSError, TimeoutError, InvalidHandshake, ConnectionClosed, Unreachable)


class RealtimeSubscriber:
    """Iterate with ``for`` or ``async for``: each item is the full document after a change.

    After a lost connection it reconnects, with growing pauses and without limit, and resumes from
    its last position. It ends only by raising InvalidInput, NotAllowed, NotFound or NotServed, when
    the server, or a proxy before it, refuses the reader.
    """

    def __init__(self, config: Config) -> None:
        """Raises InvalidInput."""
        self._config = as_config(config)

    def __iter__(self) -> Iterator[RealtimeDocument]:
        follower = Follower(self._config)
        while True:
            try:
                with connect(follower.url, **self._options()) as socket:
                    while True:
                        yield follower.apply(socket.recv())
            except CONNECTION_ERRORS as error:
                time.sleep(follower.connection_lost(_meaning(error)))

    async def __aiter__(self) -> AsyncIterator[RealtimeDocument]:
        follower = Follower(self._config)
        while True:
            try:
                async with connect_async(follower.url, **self._options()) as socket:
                    while True:
                        yield follower.apply(await socket.recv())
            except CONNECTION_ERRORS as error:
                await asyncio.sleep(follower.connection_lost(_meaning(error)))

    def _options(self) -> dict[str, Any]:
        return {
            "additional_headers": self._config.headers,
            "compression": None,
            "max_size": LARGEST_MESSAGE,
        }


def _meaning(error: Exception) -> FootfallError:
    """Of a connection that ended, or was refused before it began."""
    if isinstance(error, InvalidStatus):
        return refusal(error.response.status_code, bytes(error.response.body or b""))
    if isinstance(error, ConnectionClosed) and error.rcvd is not None:
        return closure(error.rcvd.code, error.rcvd.reason)
    return error if isinstance(error, FootfallError) else closure(None, str(error))
