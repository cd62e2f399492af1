"""The messages of browsers to the WebSocket API: there is one, ``subscribe``."""

from collections.abc import Callable

import msgspec

from footfall.errors import FootfallError, InvalidInput, Overloaded
from footfall.http.errors import close_code
from footfall.http.query import FILTERS, view_query
from footfall.serverless.broadcast import Broadcast
from footfall.serverless.connections import Connections, Listener
from footfall.serverless.rights import Rights
from footfall.settings import Settings
from footfall.window.query import Filter

EXAMPLE = '{"action": "subscribe", "site": "my-site", "token": "…", "minutes": 5}'


class Subscribe(Filter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``{"action": "subscribe", "site": …}``; the rest as in the query string of a reader, each
    part of the filter by its name."""

    action: str
    site: str
    token: str | None = None
    minutes: int | None = None
    limit: int | None = None


class Subscriptions:
    def __init__(
        self,
        settings: Settings,
        rights: Rights,
        connections: Connections,
        broadcast: Broadcast,
        clock: Callable[[], int],
    ) -> None:
        """``clock`` gives ms since the epoch."""
        self._settings = settings
        self._rights = rights
        self._connections = connections
        self._broadcast = broadcast
        self._clock = clock

    async def hear(self, connection_id: str, body: str) -> None:
        """Subscribe and send the first document, or say why not and end the connection."""
        try:
            await self._subscribe(connection_id, body)
        except FootfallError as error:
            await self._broadcast.refuse(connection_id, close_code(error), str(error))

    async def leave(self, connection_id: str) -> None:
        await self._connections.remove(connection_id)

    async def _subscribe(self, connection_id: str, body: str) -> None:
        wanted = decoded(body)
        known = self._rights.require(wanted.site, wanted.token)
        given = {name: getattr(wanted, name) for name in ("minutes", "limit", *FILTERS)}
        items = [(name, str(value)) for name, value in given.items() if value is not None]
        query = view_query(wanted.site, items, self._settings.retention_minutes)
        now = self._clock() // 1000
        listener = Listener(connection_id, query, known)
        await self._admit(listener, now)
        await self._connections.subscribe(listener, now)
        await self._broadcast.listener(listener)

    async def _admit(self, listener: Listener, now: int) -> None:
        others = await self._connections.of_site(listener.query.site, now)
        views = {each.query for each in others} | {listener.query}
        if len(views) > self._settings.max_views_per_site:
            raise Overloaded("too many different views of this site are open: come back later")
        if len(others) >= self._settings.max_subscribers:
            raise Overloaded("as many as may listen to this site: come back later")


def decoded(body: str) -> Subscribe:
    """Raises InvalidInput."""
    try:
        message = msgspec.json.decode(body, type=Subscribe)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise InvalidInput(f"{error}: send {EXAMPLE}") from None
    if message.action != "subscribe":
        raise InvalidInput(f"there is no action {message.action[:80]!r}: send {EXAMPLE}")
    return message
