"""The documents of a deployment that has no nodes: read from the table each time."""

import asyncio
from typing import NoReturn

import msgspec

from footfall.errors import NotServed
from footfall.eventlog.port import EventLog
from footfall.live.hub import Hub
from footfall.live.options import LiveOptions
from footfall.live.overview_channel import OverviewChannel, SiteName
from footfall.live.windows import Windows
from footfall.model import Position
from footfall.serverless.minutes import Minutes
from footfall.window.query import ViewQuery

Sites = tuple[str, ...]


class MinuteHub(Hub):
    """Keeps no window: nothing is ever ready, and nothing can be followed here."""

    def __init__(
        self, minutes: Minutes, log: EventLog, windows: Windows, site_name: SiteName, sockets: str
    ) -> None:
        """``sockets`` is the address of the WebSocket API; windows stay empty."""
        super().__init__(log, windows, LiveOptions(), site_name)
        self._minutes = minutes
        self._names = site_name
        self._sockets = sockets

    def ready(self, query: ViewQuery) -> None:
        return None

    async def document(self, query: ViewQuery) -> bytes:
        documents = await self._minutes.documents((query,), self.windows.now())
        return msgspec.json.encode(documents[query])

    async def overview(self, site_ids: Sites) -> bytes:
        now = self.windows.now()
        queries = [ViewQuery(site, limit=1) for site in site_ids]
        found = await asyncio.gather(*(self._minutes.readers((each,), now) for each in queries))
        channel = OverviewChannel([reader for [reader] in found], self._names, 0)
        channel.advance(now)
        return channel.document()

    async def subscribe(self, query: ViewQuery, position: Position | None = None) -> NoReturn:
        raise self.refusal(query.site)

    async def subscribe_overview(
        self, site_ids: Sites, position: Position | None = None
    ) -> NoReturn:
        raise self.overview_refusal()

    def refusal(self, site: str) -> NotServed:
        """Where else to follow a site."""
        return NotServed(
            f"this deployment pushes through its WebSocket API: connect to {self._sockets} and "
            f'send {{"action": "subscribe", "site": "{site}", "token": "…"}}'
        )

    def overview_refusal(self) -> NotServed:
        return NotServed(
            f"this deployment pushes single sites only, through {self._sockets}: read the "
            "overview again every few seconds instead"
        )
