"""TCP connections that send what a test wants, and read only when it wants."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable

import httpx

from tests.serving import PATIENCE


class Raw:
    """One connection with a small receive buffer, so that little is enough to fill it."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    @classmethod
    async def open(cls, server: str, request: str = "") -> "Raw":
        url = httpx.URL(server)
        connection = socket.socket(socket.AF_INET6 if ":" in url.host else socket.AF_INET)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (url.host, url.port))
        raw = cls(connection)
        await raw.send(request.encode())
        return raw

    async def send(self, data: bytes) -> None:
        """May fail as the other side closes, which ``rest`` shows."""
        with contextlib.suppress(OSError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.get_running_loop().sock_sendall(self._connection, data)

    async def line(self) -> str:
        """What has arrived up to now, at least something."""
        async with asyncio.timeout(PATIENCE):
            data = await asyncio.get_running_loop().sock_recv(self._connection, 4096)
        return data.decode("latin-1")

    async def rest(self) -> str:
        """Everything until the server closes. Fails if it does not."""
        loop, parts = asyncio.get_running_loop(), []
        async with asyncio.timeout(PATIENCE):
            with contextlib.suppress(ConnectionResetError):
                while data := await loop.sock_recv(self._connection, 65_536):
                    parts.append(data)
        self.close()
        return b"".join(parts).decode("latin-1")

    def close(self) -> None:
        self._connection.close()


async def until(holds: Callable[[], bool] | Callable[[], Awaitable[bool]]) -> None:
    """Wait for a condition; fails after a while."""
    async with asyncio.timeout(PATIENCE):
        while True:
            result = holds()
            if result if isinstance(result, bool) else await result:
                return
            await asyncio.sleep(0.02)
