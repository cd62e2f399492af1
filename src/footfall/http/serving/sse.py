"""A subscription as server-sent events."""

import asyncio

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from footfall.http.serving.disconnect import until_disconnect
from footfall.live.message import Message
from footfall.live.subscription import Subscription

EVENT_STREAM = "text/event-stream"
HEADERS = {"cache-control": "no-store", "connection": "close", "x-accel-buffering": "no"}
RETRY_MS = 1000
"""How long a browser waits before it reconnects."""


class EventStream(Response):
    """Messages are ``data`` and their positions ``id``, so that ``Last-Event-ID`` resumes.

    The connection ends with the stream, so that what is open and what subscribes is the same. The
    server drops a reader that does not read, which ends a pending send.
    """

    media_type = EVENT_STREAM

    def __init__(self, subscription: Subscription) -> None:
        super().__init__(headers=HEADERS)
        del self.headers["content-length"]
        self._subscription = subscription

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        listener = asyncio.create_task(self._listen(receive))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await self._send_all(send)
        except (OSError, RuntimeError):  # the latter by a transport that was just closed
            pass  # the reader left, or does not read
        finally:
            self._subscription.end(1001, "")
            listener.cancel()

    async def _send_all(self, send: Send) -> None:
        await self._send(send, b"retry: %d\n\n" % RETRY_MS)
        async for message in self._subscription:
            await self._send(send, _frame(message))
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send(self, send: Send, body: bytes) -> None:
        await send({"type": "http.response.body", "body": body, "more_body": True})

    async def _listen(self, receive: Receive) -> None:
        await until_disconnect(receive)
        self._subscription.end(1001, "")


def _frame(message: Message) -> bytes:
    epoch, version = message.position.epoch, message.position.version
    return b"id: %s:%d\ndata: %s\n\n" % (epoch.encode(), version, message.text.encode())
