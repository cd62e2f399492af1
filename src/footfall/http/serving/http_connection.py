"""Uvicorn's HTTP protocol with limits on what a connection may send, and how slowly.

A connection is silent, in a request's head, in its body, being answered, or idle. Each of these but
the answer has a deadline, and the server calls ``check`` every second, so a request costs no timer.
"""

import asyncio
from collections import deque
from functools import partial
from typing import Any, cast

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from footfall.http.serving.connections import (
    BODY_BYTES_PER_SECOND,
    EXTENSION,
    LINGER_SECONDS,
    MAX_FIELDS,
    OpenConnection,
)
from footfall.http.serving.direct_collect import CollectCycle
from footfall.http.serving.refusals import (
    HEAD_TOO_LARGE,
    MALFORMED,
    SLOW_BODY,
    SLOW_HEAD,
    TOO_MANY,
    Refusal,
)
from footfall.http.serving.serving_config import ServingConfig
from footfall.http.serving.stall import HIGH_WATER, Stall, drop
from footfall.http.serving.websocket_connection import WebSocketConnection

MAX_PIPELINED = 100
"""Requests of one connection that wait for the answer before them."""


class HttpConnection(HttpToolsProtocol):
    """Refuses what is too large while it arrives, and closes what takes too long."""

    # Besides uvicorn's own attributes, more in ``__dict__`` would cost each connection 2 KB.
    __slots__ = (
        "_answering",
        "_body_began",
        "_body_bytes",
        "_connection",
        "_deadline",
        "_direct",
        "_extensions",
        "_head_bytes",
        "_is_refused",
        "_limits",
        "_message_bytes",
        "_registry",
        "_stall",
    )

    # Uvicorn's annotations leave out that these are None at first, or at last.
    cycle: Any
    headers: Any
    scope: Any
    url: Any
    client: Any
    parser: Any

    def __init__(
        self,
        config: ServingConfig,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.pipeline = _Pipeline()
        self._registry = config.connections
        self._limits = config.connections.limits
        self._direct = config.direct_collect
        self._answering: Any = None
        """The cycle that is being answered. ``cycle`` is the newest, which may wait for it."""
        self._connection: OpenConnection | None = None
        self._extensions: dict[str, Any] = {}
        self._stall = Stall()
        self._deadline: float | None = None
        self._is_refused = False
        """Whatever arrives is dropped."""
        self._head_bytes = 0
        """Of a head that is not complete."""
        self._message_bytes = 0
        """Since the head; body and all else (framing, trailers)."""
        self._body_bytes = 0
        self._body_began = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        peer = transport.get_extra_info("peername")
        if not peer:  # gone already; without an address it would pass for a local one
            transport.abort()
            return
        connection = self._registry.admit(peer[0])
        if connection is None:
            transport.write(TOO_MANY.response())
            transport.close()
            return
        self._connection = connection
        self._extensions[EXTENSION] = connection
        transport.set_write_buffer_limits(HIGH_WATER)
        super().connection_made(transport)
        self._deadline = self.loop.time() + self._limits.head_seconds

    def connection_lost(self, exc: Exception | None) -> None:
        if self._connection is None:  # never admitted
            return
        super().connection_lost(exc)
        self._disconnect()
        self._registry.release(self._connection, exc)

    def on_message_begin(self) -> None:
        """The scope is filled when the head is complete, if the request needs one."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self.scope = {}

    def _fill_scope(self) -> None:
        """What uvicorn has in it before the head is complete."""
        self.scope.update(
            type="http",
            asgi={"version": self.asgi_version, "spec_version": "2.3"},
            http_version="1.1",
            server=self.server,
            client=self.client,
            scheme=self.scheme,
            root_path=self.root_path,
            headers=self.headers,
            state=self.app_state.copy(),
            extensions=self._extensions,
        )

    def on_headers_complete(self) -> None:
        if self._is_direct():
            self._head_bytes = 0  # it may be answered before all that has arrived is read
            self.cycle = self._answering = CollectCycle(self._direct, self)
        else:
            self._fill_scope()
            super().on_headers_complete()

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def _is_direct(self) -> bool:
        if self.url not in self._direct.urls:
            return False
        if self.cycle is not None and not self.cycle.response_complete:
            return False  # pipelined
        parser = self.parser
        return (
            self._direct.takes(parser.get_method(), self.headers)
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self.expect_100_continue
            and not self.flow.write_paused
        )

    def on_body(self, body: bytes) -> None:
        cycle = self.cycle
        if not cycle.response_complete:
            self._body_bytes += len(body)
        if type(cycle) is CollectCycle:
            cycle.body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        cycle = self.cycle
        if type(cycle) is CollectCycle:
            if cycle.more_body:  # else the message is an upgrade, which has no cycle of its own
                cycle.complete()
        else:
            super().on_message_complete()

    def data_received(self, data: bytes) -> None:
        limit = self._limits.max_head_bytes
        if len(data) <= limit:
            self._feed(data)
            return
        for begin in range(0, len(data), limit):
            self._feed(data[begin : begin + limit])

    def _feed(self, data: bytes) -> None:
        """``data`` is no longer than a head may be."""
        if self._is_refused:
            return
        last_scope, last_cycle = self.scope, self.cycle
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            self._refuse(MALFORMED)
            return
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                if self.cycle is None or self.cycle.response_complete:
                    self.handle_websocket_upgrade()
                else:  # two would write to one transport
                    self._refuse(MALFORMED)
                return
        if self._is_in_head():
            self._head_arrives(len(data), is_new=self.scope is not last_scope)
        elif self.cycle.more_body:
            self._body_arrives(len(data), is_new=self.cycle is not last_cycle)
        else:
            self._head_bytes = 0
            if not self.cycle.response_complete:
                self._deadline = None
        if self.headers is not None and len(self.headers) > MAX_FIELDS:
            self._refuse(HEAD_TOO_LARGE)

    def _is_in_head(self) -> bool:
        """Or between two requests."""
        return self.cycle is None or self.cycle.scope is not self.scope

    def _head_arrives(self, size: int, *, is_new: bool) -> None:
        if not is_new:
            self._head_bytes += size
            if self._head_bytes > self._limits.max_head_bytes:
                self._refuse(HEAD_TOO_LARGE)
        elif self.cycle is None:  # its time counts from accept
            self._head_bytes = size
        else:
            # Part of it may belong to the request before, so it is not counted in full.
            self._head_bytes = 1 if self.cycle.more_body else size
            self._deadline = self.loop.time() + self._limits.head_seconds

    def _body_arrives(self, size: int, *, is_new: bool) -> None:
        self._head_bytes = 0
        if is_new:
            self._message_bytes = self._body_bytes = 0
            self._body_began = self.loop.time()
            self._deadline = self._body_began + self._limits.body_seconds
            return
        self._message_bytes += size
        overhead = self._message_bytes - 2 * self._body_bytes
        if overhead > self._limits.max_head_bytes:  # endless trailers, or nobody wants the body
            self._refuse(MALFORMED)

    def _refuse(self, refusal: Refusal) -> None:
        """Close; say why if it is clear to which request the answer belongs."""
        if self._is_refused:
            return
        self._registry.refused[refusal.reason] += 1
        self._is_refused = True
        cycle = self.cycle
        is_answering = cycle is not None and not cycle.response_complete
        if cycle is None:
            may_say = True
        elif self._is_in_head():
            may_say = not is_answering
        else:
            may_say = not cycle.response_started and not self.pipeline
        if is_answering:
            self._disconnect()
        self.flow.resume_reading()
        if may_say:
            self.transport.write(refusal.response())
        if may_say or not is_answering:
            if not self.transport.is_closing():
                self.transport.write_eof()
            self._deadline = self.loop.time() + LINGER_SECONDS
        else:
            self.transport.close()

    def _disconnect(self) -> None:
        """Nobody gets what is still answered: writing it would fail."""
        for cycle in (self._answering, self.cycle):
            if cycle is not None and not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def on_response_complete(self) -> None:
        """As uvicorn's own, with a deadline in place of a timer."""
        self.server_state.total_requests += 1
        if self.transport.is_closing() or self._is_refused:
            return
        self.flow.resume_reading()
        if self.pipeline:
            cycle, app = self.pipeline.pop()
            self._start_asgi_task(cycle, app)
        elif self._connection is not None and not self._head_bytes and not self.cycle.more_body:
            self._deadline = self.loop.time() + self._connection.idle_seconds

    def handle_websocket_upgrade(self) -> None:
        """The new protocol takes the transport and the record of the connection."""
        connection, self._connection = self._connection, None
        self.ws_protocol_class = cast(
            "type[asyncio.Protocol]", partial(WebSocketConnection, connection=connection)
        )
        self._is_refused = True
        super().handle_websocket_upgrade()
        self.parser = None  # it refers to this protocol, which nothing needs any more

    @property
    def awaits_answer(self) -> bool:
        """Whether its request is complete and the answer has not begun."""
        cycle = self.cycle
        return cycle is not None and not (cycle.more_body or cycle.response_started)

    def check(self, now: float) -> None:
        """Close what has taken too long. Called every second or so."""
        if self.flow.write_paused or self.transport.is_closing():
            if self._stall.has_lasted(self.transport, now, self._limits.stall_seconds):
                self._registry.refused["stalled"] += 1
                drop(self.transport)
        else:
            self._stall.end()
            if self._deadline is not None and now >= self._deadline:
                self._deadline = None
                self._expire(now)

    def _expire(self, now: float) -> None:
        if self._is_refused:
            drop(self.transport)
        elif self._is_in_head() and self._head_bytes:
            self._refuse(SLOW_HEAD)
        elif self._is_in_head() or self.cycle.response_complete:
            self.transport.close()
        else:
            seconds = self._limits.body_seconds + self._body_bytes / BODY_BYTES_PER_SECOND
            if now < self._body_began + seconds:
                self._deadline = self._body_began + seconds
            else:
                self._refuse(SLOW_BODY)


class _Pipeline(deque[Any]):
    """Raises when it is full, which ends the parsing of what a connection sent at once."""

    __slots__ = ()

    def appendleft(self, item: Any, /) -> None:
        if len(self) >= MAX_PIPELINED:
            raise OverflowError
        super().appendleft(item)
