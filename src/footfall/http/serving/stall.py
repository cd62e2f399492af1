"""Readers that don't read: their transports are dropped with all that waits for them."""

import asyncio
import contextlib
import socket
import struct

MIN_TAKEN = 4096
"""Bytes that a reader must take of its full buffer within the stall time. Less than the slowest
network carries, but too much for one who keeps a connection open by a byte now and then."""
HIGH_WATER = 16_384
"""Bytes that wait in the server for one connection until its writers wait too."""
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Stall:
    """Watches one transport while its buffer is full or must be emptied before it can close.

    Uvicorn's close waits for the buffer, and so for ever when the other side does not read.
    """

    __slots__ = ("_left", "_since")

    def __init__(self) -> None:
        self._since: float | None = None
        self._left = 0

    def end(self) -> None:
        """The reader reads."""
        self._since = None

    def has_lasted(self, transport: asyncio.Transport, now: float, seconds: float) -> bool:
        """Call every second or so while the transport's buffer is full, or it is closing."""
        left = transport.get_write_buffer_size()
        if self._since is None or left <= self._left - MIN_TAKEN:
            self._since, self._left = now, left
        return now - self._since >= seconds


def drop(transport: asyncio.Transport) -> None:
    """Close at once. A reset lets the kernel drop what it still holds for the reader, too."""
    connection = transport.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):  # it is closed already
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    transport.abort()
