"""The baselines: the least that an ASGI app can do for the same request and answer."""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_document = os.environ.get("BENCH_DOCUMENT")
DOCUMENT = Path(_document).read_bytes() if _document else b""
JSON_HEADERS = [
    (b"content-type", b"application/json"),
    (b"content-length", str(len(DOCUMENT)).encode()),
]


async def accept(_scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body and answers 204."""
    chunks = []
    more = True
    while more:
        message = await receive()
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    b"".join(chunks)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def document(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Sends the bytes of the file that BENCH_DOCUMENT names."""
    await send({"type": "http.response.start", "status": 200, "headers": JSON_HEADERS})
    await send({"type": "http.response.body", "body": DOCUMENT})
