"""Documents for a deployment without nodes: read from the table each time."""

import asyncio
from typing import NoReturn

from footfall.clock import Clock
from footfall.documents import OverviewDocument, RealtimeDocument
from footfall.errors import NotServed
from footfall.live.overview_channel import SiteName, overview_row
from footfall.model import Position
from footfall.principal import Principal
from footfall.serverless.minute_items import MinuteItems
from footfall.times import utc
from footfall.window.query import ViewQuery


class MinuteDocuments:
    """See ``http.services.Documents``. Nothing is kept from one request to the next."""

    def __init__(self, minutes: MinuteItems, site_name: SiteName, clock: Clock) -> None:
        self._minutes = minutes
        self._site_name = site_name
        self._clock = clock

    async def document(self, query: ViewQuery, _caller: Principal) -> RealtimeDocument:
        documents = await self._minutes.documents((query,), self._clock() // 1000)
        return documents[query]

    async def overview(self, site_ids: tuple[str, ...], _caller: Principal) -> OverviewDocument:
        now = self._clock() // 1000
        queries = [ViewQuery(site, limit=1) for site in site_ids]
        found = await asyncio.gather(*(self._minutes.readers((each,), now) for each in queries))
        rows = [overview_row(reader, self._site_name(reader.query.site)) for [reader] in found]
        return OverviewDocument(utc(now), rows)


class LiveElsewhere:
    """See ``http.services.LiveSource``. Refuses, and says where this deployment pushes instead."""

    def __init__(self, sockets: str) -> None:
        """``sockets`` is the URL of the WebSocket API."""
        self.sockets = sockets

    def view_refusal(self, site: str) -> NotServed:
        return NotServed(
            f"this deployment pushes through its WebSocket API: connect to {self.sockets} and "
            f'send {{"action": "subscribe", "site": "{site}", "token": "…"}}',
            socket=self.sockets,
        )

    def overview_refusal(self) -> NotServed:
        return NotServed(
            f"this deployment pushes single sites only, through {self.sockets}: read the "
            "overview again every few seconds instead"
        )

    async def subscribe(
        self,
        query: ViewQuery,
        _caller: Principal,
        _position: Position | None = None,
    ) -> NoReturn:
        raise self.view_refusal(query.site)

    async def subscribe_overview(
        self,
        _site_ids: tuple[str, ...],
        _caller: Principal,
        _position: Position | None = None,
    ) -> NoReturn:
        raise self.overview_refusal()
