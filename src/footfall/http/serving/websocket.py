"""A subscription over a WebSocket."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from footfall.http.serving.disconnect import until_disconnect
from footfall.live.subscription import Subscription

NO_STATUS = 1005
MAX_REASON_BYTES = 123
"""A close frame has room for no more (RFC 6455, 5.5.1)."""


async def serve_websocket(socket: WebSocket, subscription: Subscription) -> None:
    """Send messages until either side ends the subscription. A send waits while the reader's
    buffers are full, so a slow reader has one message pending and skips only outdated ones."""
    listener = asyncio.create_task(_listen(socket, subscription))
    try:
        async for message in subscription:
            await socket.send_text(message.text)
        if socket.application_state is WebSocketState.CONNECTED:
            await close(socket, subscription.code or NO_STATUS, subscription.reason)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the reader left during a send
    finally:
        subscription.end(NO_STATUS, "")
        listener.cancel()


async def close(socket: WebSocket, code: int, reason: str) -> None:
    """Raises WebSocketDisconnect when the reader left first."""
    await socket.close(code, reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore"))


async def _listen(socket: WebSocket, subscription: Subscription) -> None:
    """End the subscription when the reader leaves. Messages from the reader are ignored."""
    await until_disconnect(socket.receive)
    subscription.end(NO_STATUS, "")
