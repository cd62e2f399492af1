"""Footfall under uvicorn: how it listens, and how it stops within three seconds."""

import asyncio
import contextlib
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from footfall.errors import InvalidInput

GRACE_SECONDS = 2
"""For requests in progress. With closing the store, stopping stays below three seconds."""
PING_SECONDS = 20.0
MAX_SOCKET_MESSAGE_BYTES = 4096
"""Live sockets only send; messages from clients are read and ignored."""
BACKLOG = 2048


class Server(uvicorn.Server):
    """Ends live streams before uvicorn waits for connections to close; a signal makes it exit 0."""

    def __init__(
        self, app: ASGIApp, on_started: Callable[[], None], begin_stop: Callable[[], None]
    ) -> None:
        """``begin_stop`` ends every subscription (SSE responses finish, sockets get 1012), and soon
        every wait for a commit."""
        super().__init__(_config(app))
        self.has_failed = False
        self._on_started = on_started
        self._begin_stop = begin_stop

    def fail(self) -> None:
        """Stop in good order, because only a new process helps."""
        self.has_failed = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._begin_stop()
        await super().shutdown(sockets)

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


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
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
