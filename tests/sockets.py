"""Live sockets and streams of an app in this process, without a server."""

import asyncio
from typing import Any

from footfall.app import Application

GOOD = 1000
"""The close code of a socket that the client closed, after its first message."""


async def close_code(
    app: Application, path: str, address: str, headers: dict[str, str], query: str = ""
) -> int:
    """The code with which the app refuses a socket from ``address``, or ``GOOD``."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[Any] = asyncio.Queue()
    scope = _scope("websocket", path, address, headers, query) | {"subprotocols": []}
    await incoming.put({"type": "websocket.connect"})
    serving = asyncio.create_task(app(scope, incoming.get, outgoing.put))
    while (message := await outgoing.get())["type"] == "websocket.accept":
        pass
    await incoming.put({"type": "websocket.disconnect", "code": GOOD})
    await serving
    return GOOD if message["type"] == "websocket.send" else int(message["code"])


async def status_of_stream(
    app: Application, path: str, address: str, headers: dict[str, str], query: str = ""
) -> int:
    """The status of an event stream, whose reader leaves when it has begun."""
    incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    outgoing: asyncio.Queue[Any] = asyncio.Queue()
    scope = _scope("http", path, address, headers, query) | {"method": "GET"}
    serving = asyncio.create_task(app(scope, incoming.get, outgoing.put))
    status = (await outgoing.get())["status"]
    await incoming.put({"type": "http.disconnect"})
    await serving
    return int(status)


def _scope(
    kind: str, path: str, address: str, headers: dict[str, str], query: str
) -> dict[str, Any]:
    return {
        "type": kind,
        "path": path,
        "query_string": query.encode(),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (address, 40_000),
        "scheme": "ws" if kind == "websocket" else "http",
    }
