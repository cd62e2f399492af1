"""Dispatches requests ahead of routing, so that the most frequent ones skip it."""

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.http.serving.fast_path import FastPath


class Dispatcher:
    """``collect_paths`` go straight to ``collect``, repeated requests for a realtime document to
    the fast path, everything else to ``routes``."""

    def __init__(
        self,
        collect: ASGIApp,
        collect_paths: Collection[str],
        fast_path: FastPath | None,
        routes: ASGIApp,
    ) -> None:
        self._collect = collect
        self._collect_paths = frozenset(collect_paths)
        self._fast_path = fast_path
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path in self._collect_paths:
                await self._collect(scope, receive, send)
                return
            if (
                self._fast_path is not None
                and path.endswith("/realtime")
                and scope["method"] == "GET"
            ):
                answer = self._fast_path.answer(scope)
                if answer is not None:
                    headers, body = answer
                    await send({"type": "http.response.start", "status": 200, "headers": headers})
                    await send({"type": "http.response.body", "body": body})
                    return
        await self._routes(scope, receive, send)
