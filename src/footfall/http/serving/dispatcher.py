"""Dispatches requests ahead of routing, so that the most frequent ones skip it."""

from collections.abc import Collection

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from footfall.errors import RateLimited
from footfall.http.auth.admission import Admission
from footfall.http.errors import ANY_ORIGIN, close_code, error_response
from footfall.http.serving.fast_path import FastPath, JsonAnswer

API = "/api/analytics/"
DOCUMENT = "/realtime"


class Dispatcher:
    """``collect_paths`` go straight to ``collect``, repeated requests for a realtime document to
    the fast path, everything else to ``routes``, unless a stranger asks too often: nothing is
    behind the dispatcher that has no limit, be it an operation, a file or no address at all."""

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
            await self._answer(scope, receive, send)
        elif scope["type"] == "websocket" and (error := self._refusal(scope)) is not None:
            socket = WebSocket(scope, receive, send)
            await socket.accept()  # so that a browser sees the code
            await socket.close(close_code(error), str(error))
        else:
            await self._routes(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_collect = scope["path"] in self._collect_paths
        is_counted_there = is_collect and scope["method"] == "POST"
        error = None if is_counted_there else self._refusal(scope)
        if error is not None:
            await _response(error)(scope, receive, send)
            return
        if is_collect:
            await self._collect(scope, receive, send)
            return
        answer = self._known_answer(scope)
        if answer is None:
            await self._routes(scope, receive, send)
            return
        headers, body = answer
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _refusal(self, scope: Scope) -> RateLimited | None:
        """For a stranger who asks too often."""
        try:
            if scope["type"] == "http" and scope["method"] == "GET" and _is_read(scope["path"]):
                self._admission.admit_stranger(scope)
            else:
                self._admission.admit_light(scope)
        except RateLimited as error:
            return error
        return None

    def _known_answer(self, scope: Scope) -> JsonAnswer | None:
        is_document = scope["method"] == "GET" and scope["path"].endswith(DOCUMENT)
        if not is_document or self._fast_path is None:
            return None
        return self._fast_path.answer(scope)


def _is_read(path: str) -> bool:
    return path.startswith(API) or path.endswith(DOCUMENT)


def _response(error: RateLimited) -> Response:
    """Pages of any origin may read it, as any answer to a stranger."""
    response = error_response(error)
    response.headers.update(ANY_ORIGIN)
    return response
