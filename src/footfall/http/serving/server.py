"""Footfall under uvicorn: how it listens, and how it stops within three seconds."""

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import structlog
import uvicorn
from starlette.types import ASGIApp

from footfall.errors import InvalidInput
from footfall.http.serving.connections import OpenConnections
from footfall.http.serving.direct_collect import DirectCollect
from footfall.http.serving.http_connection import HttpConnection
from footfall.http.serving.serving_config import ServingConfig
from footfall.http.serving.sockets import bound_buffers, descriptors_are_left, most_connections
from footfall.http.serving.stall import drop
from footfall.http.serving.websocket_connection import WebSocketConnection

logger = structlog.get_logger("footfall.connections")

GRACE_SECONDS = 2
"""For requests in progress. With closing the store, stopping stays below three seconds."""
PING_SECONDS = 20.0
MAX_SOCKET_MESSAGE_BYTES = 4096
"""Live sockets only send; messages from clients are read and ignored."""
BACKLOG = 2048
CHECK_TICKS = 10
"""Uvicorn ticks ten times a second; connections are checked once."""
DROP_SECONDS = GRACE_SECONDS - 0.3
"""After which a stopping server drops the connections that are left."""


class Server(uvicorn.Server):
    """Ends live streams before uvicorn waits for connections to close; a signal makes it exit 0."""

    def __init__(
        self,
        app: ASGIApp,
        on_started: Callable[[], None],
        begin_stop: Callable[[], None],
        connections: OpenConnections,
        direct_collect: DirectCollect,
    ) -> None:
        """``begin_stop`` ends every subscription (SSE responses finish, sockets get 1012), and soon
        every wait for a commit."""
        super().__init__(_config(app, connections, direct_collect))
        self.has_failed = False
        self._on_started = on_started
        self._begin_stop = begin_stop
        self._connections = connections
        self._listeners: tuple[socket.socket, ...] = ()

    def fail(self) -> None:
        """Stop in good order, because only a new process helps."""
        self.has_failed = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._listeners = tuple(sockets or ())
        for listener in self._listeners:
            bound_buffers(listener, self._connections.limits.stall_seconds)
        self._connections.cap = most_connections()
        await super().startup(sockets)
        self._on_started()

    async def on_tick(self, counter: int) -> bool:
        if counter % CHECK_TICKS == 0:
            self._check_connections()
            self._check_listeners()
        return await super().on_tick(counter)

    def _check_connections(self) -> None:
        now = asyncio.get_running_loop().time()
        for connection in tuple(self.server_state.connections):
            try:
                connection.check(now)  # type: ignore[union-attr]  # they are of our classes
            except Exception:
                logger.exception("a connection could not be checked, so it is dropped")
                drop(connection.transport)

    def _check_listeners(self) -> None:
        """The loop says nothing when it can't accept: without descriptors it closes whoever
        connects, after other errors the listener."""
        for listener in self._listeners:
            if listener.fileno() >= 0:
                are_left = descriptors_are_left(listener)
                self._connections.descriptors_checked(are_left=are_left)
            elif not self.has_failed:
                logger.critical("no connection can be accepted any more: the server must restart")
                self.fail()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._begin_stop()
        dropping = asyncio.get_running_loop().call_later(DROP_SECONDS, self._drop_idlers)
        await super().shutdown(sockets)
        dropping.cancel()

    def _drop_idlers(self) -> None:
        """Drop readers who don't read and senders who don't finish, so that time is left for those
        who wait for an answer."""
        for connection in tuple(self.server_state.connections):
            if not connection.awaits_answer:  # type: ignore[union-attr]  # they are of our classes
                drop(connection.transport)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Like uvicorn's own, but does not raise the signal again once everything is closed."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)


def _config(
    app: ASGIApp, connections: OpenConnections, direct_collect: DirectCollect
) -> uvicorn.Config:
    return ServingConfig(
        app,
        connections,
        direct_collect,
        loop="uvloop",
        http=HttpConnection,
        ws=WebSocketConnection,
        ws_max_size=MAX_SOCKET_MESSAGE_BYTES,
        ws_per_message_deflate=False,  # all readers share one text; don't compress it for each
        ws_ping_interval=PING_SECONDS,
        ws_ping_timeout=PING_SECONDS,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # trusted_proxies decides, in one place
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=BACKLOG,
    )


def listen(host: str, port: int) -> socket.socket:
    """A bound socket. Raises InvalidInput if it can't be bound."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise InvalidInput(
            f"there is no address {host!r} ({error.strerror}): "
            "use --host 127.0.0.1 for this machine only, 0.0.0.0 for every network",
            field="host",
        ) from None
    listener = socket.socket(family, kind, protocol)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
    except OSError as error:
        listener.close()
        raise InvalidInput(_bind_failure(host, port, error), field="port") from None
    return listener


def address(listener: socket.socket) -> str:
    """The URL of a listener for programs on this machine: ``http://host:port``."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bind_failure(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is in use by another program: "
            "stop it, or choose another with --port (0 takes any free one)"
        )
    if error.errno == errno.EACCES:
        return f"port {port} needs more permissions than this user has: choose one above 1023"
    return f"can't listen on {host} port {port} ({error.strerror}): choose another --host or --port"
