"""Dispatches requests ahead of routing, so that the most frequent ones skip it."""

from collections.abc import Collection

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from footfall.errors import RateLimited
from footfall.http.auth.admission import Admission
from footfall.http.errors import ANY_ORIGIN, error_response
from footfall.http.serving.fast_path import FastPath

API = "/api/analytics/"


class Dispatcher:
    """``collect_paths`` go straight to ``collect``, repeated requests for a realtime document to
    the fast path, everything else to ``routes``, unless a stranger asks too often."""

    def __init__(
        self,
        collect: ASGIApp,
        collect_paths: Collection[str],
        admission: Admission,
        fast_path: FastPath | None,
        routes: ASGIApp,
    ) -> None:
        self._collect = collect
        self._collect_paths = frozenset(collect_paths)
        self._admission = admission
        self._fast_path = fast_path
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path = scope["path"]
            if path in self._collect_paths:
                await self._collect(scope, receive, send)
                return
            if scope["method"] == "GET" and await self._is_answered(scope, receive, send):
                return
        await self._routes(scope, receive, send)

    async def _is_answered(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Refuse a stranger who asks too often, or repeat a known answer."""
        path = scope["path"]
        is_document = path.endswith("/realtime")
        if is_document or path.startswith(API):
            try:
                self._admission.admit_stranger(scope)
            except RateLimited as error:
                await _refusal(error)(scope, receive, send)
                return True
        if not is_document or self._fast_path is None:
            return False
        answer = self._fast_path.answer(scope)
        if answer is None:
            return False
        headers, body = answer
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        return True


def _refusal(error: RateLimited) -> Response:
    """Pages of any origin may read it, as any answer to a stranger."""
    response = error_response(error)
    response.headers.update(ANY_ORIGIN)
    return response
