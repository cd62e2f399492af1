"""Uvicorn's WebSocket protocol for readers that may not read."""

from typing import Any, cast

from uvicorn._types import ASGIReceiveEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from footfall.http.serving.connections import EXTENSION, OpenConnection
from footfall.http.serving.refusals import HEAD_TOO_LARGE
from footfall.http.serving.serving_config import ServingConfig
from footfall.http.serving.stall import Stall, drop


class WebSocketConnection(WebSocketsSansIOProtocol):
    """While a reader's buffer is full nothing is read from it: no ping is answered into that
    buffer. A reader that takes nothing for the stall time is dropped, which ends its pending send.
    """

    __slots__ = ("_connection", "_registry", "_stall")

    def __init__(
        self,
        config: ServingConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        connection: OpenConnection | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state)
        self._registry = config.connections
        self._connection = connection
        self._stall = Stall()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self.handshake_initiated:
            # The library has stricter limits for a head (128 fields, lines of 8 KB), and is silent.
            self._registry.refused[HEAD_TOO_LARGE.reason] += 1
            self.transport.write(HEAD_TOO_LARGE.response())
            self.transport.close()

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            cast(dict[str, Any], self.scope["extensions"])[EXTENSION] = self._connection

    def start_keepalive(self) -> None:
        super().start_keepalive()
        del self.request, self.response  # the handshake is over, and its headers are in the scope

    def _ignore(self, event: Any) -> None:
        """Live sockets only send: what readers say is not even kept until it is complete."""

    handle_text = handle_bytes = handle_cont = _ignore

    def handle_ping(self) -> None:
        if self.writable.is_set() and not self.close_sent:
            super().handle_ping()
        else:
            self.conn.data_to_send()  # the pong is dropped

    def pause_writing(self) -> None:
        super().pause_writing()
        if not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_on()

    async def receive(self) -> ASGIReceiveEvent:
        message = await self.queue.get()
        self._read_on()
        return message

    def _read_on(self) -> None:
        if self.read_paused and self.queue.empty() and self.writable.is_set():
            self.read_paused = False
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._connection is not None:
            self._registry.release(self._connection, exc)
            self._connection = None

    @property
    def awaits_answer(self) -> bool:
        return False

    def check(self, now: float) -> None:
        """Drop a reader that does not read. Called every second or so."""
        if self.writable.is_set() and not self.transport.is_closing():
            self._stall.end()
        elif self._stall.has_lasted(self.transport, now, self._registry.limits.stall_seconds):
            self._registry.refused["stalled"] += 1
            drop(self.transport)
