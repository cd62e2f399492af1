"""Sends the current document of a site to all its listeners."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

import msgspec

from footfall.clock import Clock
from footfall.documents import RealtimeDocument
from footfall.engines.dynamodb.items import Item
from footfall.live.message import Fields, message
from footfall.model import Position
from footfall.serverless.connections import Connections, Listener
from footfall.serverless.gateway import Gateway
from footfall.serverless.minute_items import MinuteItems
from footfall.serverless.permissions import ReadPermissions
from footfall.window.query import ViewQuery

EPOCH = "minutes"
"""No process keeps versions, so every message is a snapshot."""
NOT_ALLOWED = 4401

_encode = msgspec.json.Encoder().encode
_FIELDS = msgspec.structs.fields(RealtimeDocument)


class Broadcast:
    """Builds each view once and sends the same text to all its listeners."""

    def __init__(
        self,
        connections: Connections,
        minutes: MinuteItems,
        gateway: Gateway,
        permissions: ReadPermissions,
        clock: Clock,
    ) -> None:
        self._connections = connections
        self._minutes = minutes
        self._gateway = gateway
        self._permissions = permissions
        self._clock = clock

    async def site(self, site: str, own: Iterable[Item] = ()) -> None:
        """Send the site's documents. ``own`` are event items that were just counted. Raises
        StoreUnavailable."""
        now = self._clock() // 1000
        listeners = await self._connections.of_site(site, now)
        allowed = [each for each in listeners if self._permissions.may_listen(each)]
        await asyncio.gather(
            *(
                self.refuse(each.connection, NOT_ALLOWED, "you may no longer read this site")
                for each in listeners
                if each not in allowed
            )
        )
        await self._send_documents(allowed, own)

    async def listener(self, listener: Listener) -> None:
        """Send a new listener its first message."""
        await self._send_documents([listener], ())

    async def refuse(self, connection_id: str, code: int, reason: str) -> None:
        """Send the reason and end the connection; ``code`` is one of the live protocol's."""
        text = _encode({"type": "refused", "code": code, "reason": reason}).decode()
        await self._gateway.send(connection_id, text)
        await self._gateway.end(connection_id)
        await self._connections.remove(connection_id)

    async def _send_documents(self, listeners: list[Listener], own: Iterable[Item]) -> None:
        if not listeners:
            return
        by_view: defaultdict[ViewQuery, list[Listener]] = defaultdict(list)
        for each in listeners:
            by_view[each.query].append(each)
        time = self._clock()
        documents = await self._minutes.documents(tuple(by_view), time // 1000, own)
        sending = []
        for query, document in documents.items():
            text = message("snapshot", Position(EPOCH, time), _fields(document)).text
            sending += [self._send(each.connection, text) for each in by_view[query]]
        await asyncio.gather(*sending)

    async def _send(self, connection_id: str, text: str) -> None:
        if not await self._gateway.send(connection_id, text):
            await self._connections.remove(connection_id)


def _fields(document: RealtimeDocument) -> Fields:
    for field in _FIELDS:
        yield field.encode_name, _encode(getattr(document, field.name))
