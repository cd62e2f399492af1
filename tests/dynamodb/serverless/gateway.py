"""A fake of API Gateway's management endpoint for WebSocket connections.

It is an HTTP server on loopback with ``POST`` and ``DELETE /stage/@connections/{id}``.
"""

import json
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

STAGE = "/live"


class FakeGateway:
    """What was sent to each connection; ``gone`` left by themselves, ``ended`` were deleted."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sent: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        self.gone: set[str] = set()
        self.ended: set[str] = set()
        self.broken = False
        self.attempts: list[str] = []
        """The connection of every send, including those that are gone."""

    def last(self, connection: str) -> dict[str, Any]:
        return self.sent[connection][-1]


@contextmanager
def fake_gateway() -> Iterator[FakeGateway]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            connection = self._connection()
            gateway.attempts.append(connection)
            if gateway.broken:
                self._answer(500)
                return
            if connection in gateway.gone | gateway.ended:
                self._answer(410)
                return
            gateway.sent[connection].append(json.loads(body))
            self._answer(200)

        def do_DELETE(self) -> None:
            gateway.ended.add(self._connection())
            self._answer(204)

        def _connection(self) -> str:
            prefix = f"{STAGE}/@connections/"
            path = unquote(self.path)
            assert path.startswith(prefix), path
            return path.removeprefix(prefix)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway = FakeGateway(f"http://127.0.0.1:{server.server_port}{STAGE}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
