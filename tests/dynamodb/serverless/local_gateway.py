"""API Gateway on this machine, in front of the functions as Lambda would call them: its HTTP API,
and its WebSocket API with the management of connections. As on AWS, each has a host of its own."""

import asyncio
import base64
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from footfall.serverless import http, sockets

STAGE = "/live"
T = TypeVar("T")


class LocalGateway:
    """Functions run one after another in a thread of their own, as in one container."""

    def __init__(self) -> None:
        self.refuses_sockets = False
        self.requests: list[str] = []
        """The path of each request to the HTTP API."""
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._connected: dict[str, WebSocket] = {}

    def http_api(self) -> Starlette:
        every = Route("/{path:path}", self._http, methods=["GET", "POST", "OPTIONS"])
        return Starlette(routes=[every])

    def socket_api(self) -> Starlette:
        manage = Route(STAGE + "/@connections/{id}", self._manage, methods=["POST", "DELETE"])
        return Starlette(routes=[WebSocketRoute(STAGE, self._socket), manage])

    def call(self, function: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """Run it where the functions run."""
        return self._thread.submit(function, *arguments, **named).result()

    def close(self) -> None:
        self._thread.shutdown()

    async def _in_thread(self, handler: Callable[[Any, Any], dict[str, Any]], event: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, handler, event, None)

    async def _http(self, request: Request) -> Response:
        path = request.url.path
        self.requests.append(path)
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": request.url.query,
            "headers": dict(request.headers),
            "requestContext": {
                "http": {"method": request.method, "path": path, "sourceIp": "203.0.113.7"},
                "stage": "$default",
            },
            "body": (await request.body()).decode(),
            "isBase64Encoded": False,
        }
        answer = await self._in_thread(http.handler, event)
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body
        return Response(content, answer["statusCode"], answer["headers"])

    async def _socket(self, socket: WebSocket) -> None:
        if self.refuses_sockets:
            await socket.close()  # before it is accepted: the handshake fails
            return
        await socket.accept()
        name = secrets.token_hex(4)
        self._connected[name] = socket
        try:
            await self._invoke("$connect", name)
            while True:
                text = await socket.receive_text()
                await self._invoke("subscribe", name, text)
        except WebSocketDisconnect:
            self._connected.pop(name, None)
            await self._invoke("$disconnect", name)

    async def _invoke(self, route: str, name: str, body: str | None = None) -> None:
        event = {"requestContext": {"routeKey": route, "connectionId": name}, "body": body}
        await self._in_thread(sockets.handler, event)

    async def _manage(self, request: Request) -> Response:
        socket = self._connected.get(request.path_params["id"])
        if socket is None:
            return Response(None, 410)
        if request.method == "DELETE":
            await socket.close(1000)
        else:
            await socket.send_text((await request.body()).decode())
        return Response(None, 200)
