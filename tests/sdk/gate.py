"""Between an application and its Footfall server: lets through, or is down, slow, or in trouble."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Mood(Enum):
    UP = "up"
    DOWN = "down"
    """It cuts every connection."""
    SLOW = "slow"
    """It answers when it is up again."""
    BUSY = "busy"
    """It answers 503."""


class Gate:
    """``url`` is what the application knows as its server."""

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.upstream = upstream
        self.mood = Mood.UP
        self.asked = threading.Semaphore(0)
        """Released by each request that was not let through."""
        self._is_up = threading.Event()
        self._is_up.set()

    def become(self, mood: Mood) -> None:
        self.mood = mood
        if mood is Mood.UP:
            self._is_up.set()
        else:
            self._is_up.clear()

    def pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        if self.mood is not Mood.UP:
            self.asked.release()
        if self.mood is Mood.SLOW:
            self._is_up.wait()
        if self.mood is Mood.DOWN:
            handler.close_connection = True
        elif self.mood is Mood.BUSY:
            self._answer(handler, 503, {}, b'{"error": "not now"}')
        else:
            kept = ("authorization", "content-type")
            headers = {name: handler.headers[name] for name in kept}
            found = httpx.post(self.upstream + handler.path, content=body, headers=headers)
            dropped = found.headers.get("footfall-dropped")
            headers = {"footfall-dropped": dropped} if dropped else {}
            self._answer(handler, found.status_code, headers, found.content)

    def _answer(
        self, handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes
    ) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@contextmanager
def gate(upstream: str) -> Iterator[Gate]:
    made = Gate(upstream)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            made.pass_on(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield made
        finally:
            made.become(Mood.UP)
            server.shutdown()
            thread.join()
