"""Serves an application on a free port of the loopback, and prints its address."""

import asyncio
import signal
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn
import waitress

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def asgi(app: Any) -> None:
    listening = _announced()
    config = uvicorn.Config(app, log_level="warning", lifespan="off", proxy_headers=False)
    asyncio.run(uvicorn.Server(config).serve([listening]))


def wsgi(app: "WSGIApplication") -> None:
    """As it is, waitress leaves SIGTERM alone, which then ends Python without its exit handlers."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    waitress.serve(app, sockets=[_announced()], threads=4, clear_untrusted_proxy_headers=False)


def _announced() -> socket.socket:
    """Of a kind for which asyncio turns Nagle's algorithm off."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    sys.stdout.write(f"http://127.0.0.1:{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    return listening
