"""Middleware for ASGI: Starlette, FastAPI, Litestar, Django's ``asgi.py``."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

from footfall_sdk.footfall import Footfall
from footfall_sdk.visit import Visit, visit_of, visiting

Scope: TypeAlias = MutableMapping[str, Any]
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Application: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class FootfallMiddleware:
    """Counts page views, and tells ``track`` who is asking."""

    def __init__(self, app: Application, footfall: Footfall) -> None:
        self._app = app
        self._footfall = footfall

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = _joined(scope["headers"])
        visit = _visit(scope, headers, self._footfall.proxies)
        if self._footfall.may_be_page(scope["method"], scope["path"], headers):
            send = self._counting(visit, send)
        with visiting(visit):
            await self._app(scope, receive, send)

    def _counting(self, visit: Visit, send: Send) -> Send:
        async def counting(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                self._footfall.answered(visit, message["status"], _content_type(message))

        return counting


def _content_type(message: Message) -> str:
    kinds: Iterator[bytes] = (
        item for name, item in message.get("headers", ()) if name == b"content-type"
    )
    return next(kinds, b"").decode("latin-1")


def _joined(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """A header that comes twice is one list, in order."""
    headers: dict[str, str] = {}
    for name, item in pairs:
        key, value = name.decode("latin-1"), item.decode("latin-1")
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _visit(scope: Scope, headers: dict[str, str], proxies: int) -> Visit:
    peer = scope.get("client")
    path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    query = scope.get("query_string", b"").decode("latin-1")
    return visit_of(
        headers,
        peer[0] if peer else "",
        proxies,
        scope.get("scheme", "http"),
        "localhost",
        f"{path}?{query}" if query else path,
    )
