"""Middleware for ASGI: Starlette, FastAPI, Litestar, Django's ``asgi.py``."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias
from urllib.parse import quote

from footfall_sdk.footfall import Footfall
from footfall_sdk.visit import Visit, current, visit_of

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
            return await self._app(scope, receive, send)
        headers = _joined(scope["headers"])
        visit = _visit(scope, headers, self._footfall.proxies)
        pages = self._footfall.pages
        if pages is not None and pages.asked(scope["method"], scope["path"], headers):
            send = self._counting(visit, send)
        token = current.set(visit)
        try:
            await self._app(scope, receive, send)
        finally:
            current.reset(token)

    def _counting(self, visit: Visit, send: Send) -> Send:
        async def counting(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.start":
                self._answered(visit, message)

        return counting

    def _answered(self, visit: Visit, message: Message) -> None:
        kinds = (item for name, item in message.get("headers", ()) if name == b"content-type")
        kind = next(kinds, b"").decode("latin-1")
        if self._footfall.pages and self._footfall.pages.answered(message["status"], kind):
            self._footfall.page_view(visit)


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
