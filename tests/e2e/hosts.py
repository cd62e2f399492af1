"""Web servers for the tests, each in a thread on a free loopback port."""

import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from footfall.http.resources import demo
from footfall.http.serving import static_files
from footfall.http.serving.server import address, listen

TRACKER = Path(static_files.ROOT) / "footfall.js"
PATIENCE_SECONDS = 10


@contextlib.contextmanager
def hosted(app: ASGIApp) -> Iterator[str]:
    """Serve ``app``. Gives its address."""
    listener = listen("127.0.0.1", 0)
    listener.listen()  # From now on clients wait for the thread instead of being refused.
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        yield address(listener)
    finally:
        server.should_exit = True
        thread.join()


class Recorder:
    """Takes the place of Footfall: serves the tracker and records the events it is sent."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.events: list[dict[str, Any]] = []
        self.methods: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.answers: list[int] = []
        """The statuses of the next answers; 204 when the list is empty."""

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/footfall.js", self._tracker),
                Route("/collect", self._collect, methods=["POST", "OPTIONS"]),
            ]
        )

    async def _tracker(self, _: Request) -> Response:
        return FileResponse(TRACKER)

    async def _collect(self, request: Request) -> Response:
        body = await request.body()
        with self._changed:
            self.methods.append(request.method)
            self.headers.append(dict(request.headers))
            if body:
                self.events.append(json.loads(body))
            self._changed.notify_all()
            status = self.answers.pop(0) if self.answers else 204
        return Response(None, status, {"Access-Control-Allow-Origin": "*"})

    def received(self, *types: str) -> list[dict[str, Any]]:
        """Wait until events of exactly these types have arrived, in any order. Returns them all."""
        wanted = sorted(types)

        def arrived() -> bool:
            return sorted(event["e"] for event in self.events) == wanted

        with self._changed:
            if not self._changed.wait_for(arrived, PATIENCE_SECONDS):
                raise AssertionError(f"waited for {wanted}, got {self.events}")
            return list(self.events)


class DemoShop:
    """The demo's pages on their own origin, with the tracker of another origin."""

    def __init__(self, stats: str) -> None:
        self._pages = Starlette(routes=demo.routes())
        self._tag = f'src="{stats}/footfall.js"'.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_changed(message: Message) -> None:
            if message["type"] == "http.response.start":
                bound = (b"content-length", b"content-security-policy")
                headers = [each for each in message["headers"] if each[0] not in bound]
                message = {**message, "headers": headers}
            else:
                body = message["body"].replace(b'src="/footfall.js"', self._tag)
                message = {**message, "body": body}
            await send(message)

        await self._pages(scope, receive, send_changed)


class Pages:
    """Simple pages, made from ``markup`` by path, with the tracker of another origin."""

    def __init__(self, stats: str) -> None:
        self._tag = f'<script defer data-site="shop" src="{stats}/footfall.js"></script>'
        self.markup: dict[str, str] = {}
        self.headers = {"Cache-Control": "no-cache"}

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{path:path}", self._page)])

    async def _page(self, request: Request) -> Response:
        path = request.url.path
        body = self.markup.get(path, "")
        return HTMLResponse(
            f"<!doctype html><title>{path}</title>{body}{self._tag}", headers=self.headers
        )
