"""The hub as readers get it: closed until the windows are rebuilt."""

from footfall.documents import OverviewDocument, RealtimeDocument
from footfall.live.hub import Hub
from footfall.live.progress import ReplayProgress
from footfall.live.subscription import Subscription
from footfall.model import Position
from footfall.principal import Principal
from footfall.window.query import ViewQuery


class ReadersGate:
    """Raises StoreUnavailable, with how far the replay is, instead of numbers that are too low."""

    def __init__(self, hub: Hub, progress: ReplayProgress) -> None:
        self._hub = hub
        self._progress = progress

    async def document(self, query: ViewQuery, caller: Principal, /) -> RealtimeDocument:
        self._progress.require_finished()
        return await self._hub.document(query, caller)

    async def overview(self, site_ids: tuple[str, ...], caller: Principal, /) -> OverviewDocument:
        self._progress.require_finished()
        return await self._hub.overview(site_ids, caller)

    async def subscribe(
        self, query: ViewQuery, caller: Principal, position: Position | None, /
    ) -> Subscription:
        self._progress.require_finished()
        return await self._hub.subscribe(query, caller, position)

    async def subscribe_overview(
        self, site_ids: tuple[str, ...], caller: Principal, position: Position | None, /
    ) -> Subscription:
        self._progress.require_finished()
        return await self._hub.subscribe_overview(site_ids, caller, position)
