"""A subscription over a WebSocket."""

import asyncio

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from footfall.live.subscription import Subscription

NO_STATUS = 1005


async def serve_websocket(socket: WebSocket, subscription: Subscription) -> None:
    """Send until either side ends it. A send waits while the reader's buffers are full, so a slow
    reader holds one message and misses only what is outdated anyway."""
    listener = asyncio.create_task(_listen(socket, subscription))
    try:
        async for message in subscription:
            await socket.send_text(message.text)
        if socket.application_state is WebSocketState.CONNECTED:
            await socket.close(subscription.code or NO_STATUS, subscription.reason)
    except (WebSocketDisconnect, RuntimeError):
        pass  # the reader left during a send
    finally:
        subscription.end(NO_STATUS, "")
        listener.cancel()


async def _listen(socket: WebSocket, subscription: Subscription) -> None:
    """Notice when the reader leaves. What it sends is ignored."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    subscription.end(NO_STATUS, "")
