"""Keeps one site's window current over a WebSocket, for synchronous and async code."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from websockets.asyncio.client import connect as connect_async
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from footfall.client.config import Config, as_config
from footfall.client.follower import Follower
from footfall.client.refusals import Unreachable
from footfall.documents import RealtimeDocument

LARGEST_MESSAGE = 16 * 1024 * 1024
CONNECTION_ERRORS = (OSError, TimeoutError, InvalidHandshake, Unreachable)


class RealtimeSubscriber:
    """Iterate with ``for`` or ``async for``: each item is the full document after a change.

    After a lost connection it reconnects, with growing pauses and without limit, and resumes from
    its last position. It ends only by raising InvalidInput, NotAllowed or NotFound, when the
    server refuses the reader.
    """

    def __init__(self, config: Config) -> None:
        """Raises InvalidInput."""
        self._config = as_config(config)

    def __iter__(self) -> Iterator[RealtimeDocument]:
        follower = Follower(self._config)
        while True:
            code, reason = None, ""
            try:
                with connect(follower.url, **self._options()) as socket:
                    while True:
                        yield follower.apply(socket.recv())
            except ConnectionClosed as closed:
                code, reason = _ending(closed)
            except CONNECTION_ERRORS as error:
                reason = str(error)
            time.sleep(follower.connection_lost(code, reason))

    async def __aiter__(self) -> AsyncIterator[RealtimeDocument]:
        follower = Follower(self._config)
        while True:
            code, reason = None, ""
            try:
                async with connect_async(follower.url, **self._options()) as socket:
                    while True:
                        yield follower.apply(await socket.recv())
            except ConnectionClosed as closed:
                code, reason = _ending(closed)
            except CONNECTION_ERRORS as error:
                reason = str(error)
            await asyncio.sleep(follower.connection_lost(code, reason))

    def _options(self) -> dict[str, Any]:
        return {
            "additional_headers": self._config.headers,
            "compression": None,
            "max_size": LARGEST_MESSAGE,
        }


def _ending(closed: ConnectionClosed) -> tuple[int | None, str]:
    """The close code and reason that the server sent."""
    frame = closed.rcvd
    return (None, "") if frame is None else (frame.code, frame.reason)
