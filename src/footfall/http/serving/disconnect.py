"""Clients that leave, and work that ends with them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.types import Receive

T = TypeVar("T")

DISCONNECTS = ("http.disconnect", "websocket.disconnect")


async def while_connected(receive: Receive, work: Coroutine[Any, Any, T]) -> T:
    """The result of ``work``, which is cancelled when the client leaves: nobody must be able to
    queue work and hang up. Raises ClientDisconnect then, else what ``work`` raises."""
    task, leaving = asyncio.ensure_future(work), asyncio.ensure_future(until_disconnect(receive))
    try:
        await asyncio.wait((task, leaving), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise ClientDisconnect
    finally:
        task.cancel()
        leaving.cancel()


async def until_disconnect(receive: Receive) -> None:
    """Returns when the client has left; what it sends is ignored."""
    while (await receive())["type"] not in DISCONNECTS:
        pass
