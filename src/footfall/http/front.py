"""The front door: what nearly all requests are goes straight through, the rest to the routes."""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.http.collect import COLLECT_PATHS
from footfall.http.errors import internal_error
from footfall.http.fast_path import FastPath


class FrontDoor:
    """``/collect``, then realtime documents that were asked for before, then everything."""

    def __init__(self, collect: ASGIApp, fast_path: FastPath, routes: ASGIApp) -> None:
        self._collect = collect
        self._fast_path = fast_path
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path in COLLECT_PATHS:
                try:
                    await self._collect(scope, receive, send)
                except Exception as error:
                    await internal_error(Request(scope), error)(scope, receive, send)
                return
            if path.endswith("/realtime") and scope["method"] == "GET":
                answer = self._fast_path.answer(scope)
                if answer is not None:
                    headers, body = answer
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    await send({"type": "http.response.body", "body": body})
                    return
        await self._routes(scope, receive, send)
