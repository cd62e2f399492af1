"""Messages from browsers to the WebSocket API: the only one is ``subscribe``."""

import msgspec

from footfall.clock import Clock
from footfall.errors import FootfallError, InvalidInput, Overloaded
from footfall.http.errors import close_code, public_text
from footfall.http.framework.parameters import FILTERS, view_query
from footfall.serverless.broadcast import Broadcast
from footfall.serverless.connections import Connections, Listener
from footfall.serverless.permissions import ReadPermissions
from footfall.settings import Settings
from footfall.window.query import Filter

EXAMPLE = '{"action": "subscribe", "site": "my-site", "token": "…", "minutes": 5}'


class Subscribe(Filter, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``{"action": "subscribe", "site": …}``; the other fields are a reader's query parameters."""

    action: str
    site: str
    token: str | None = None
    minutes: int | None = None
    limit: int | None = None


class Subscriptions:
    def __init__(
        self,
        settings: Settings,
        permissions: ReadPermissions,
        connections: Connections,
        broadcast: Broadcast,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._permissions = permissions
        self._connections = connections
        self._broadcast = broadcast
        self._clock = clock

    async def handle(self, connection_id: str, body: str) -> None:
        """Subscribe and send the first document, or send the error and end the connection."""
        try:
            await self._subscribe(connection_id, body)
        except FootfallError as error:
            await self._broadcast.refuse(connection_id, close_code(error), public_text(error))

    async def leave(self, connection_id: str) -> None:
        await self._connections.remove(connection_id)

    async def _subscribe(self, connection_id: str, body: str) -> None:
        wanted = _decoded(body)
        known = self._permissions.require(wanted.site, wanted.token)
        given = {name: getattr(wanted, name) for name in ("minutes", "limit", *FILTERS)}
        items = [(name, str(value)) for name, value in given.items() if value is not None]
        query = view_query(wanted.site, items, self._settings.retention_minutes)
        now = self._clock() // 1000
        listener = Listener(connection_id, query, known)
        await self._admit(listener, now)
        await self._connections.subscribe(listener, now)
        await self._broadcast.listener(listener)

    async def _admit(self, listener: Listener, now: int) -> None:
        """Strangers and who has a token of the site are counted apart, so that the ones take no
        place of the others."""
        is_stranger = self._permissions.is_stranger(listener)
        others = [
            each
            for each in await self._connections.of_site(listener.query.site, now)
            if self._permissions.is_stranger(each) == is_stranger
        ]
        views = {each.query for each in others} | {listener.query}
        if len(views) > self._settings.max_views_per_site:
            raise Overloaded("too many different views of this site are open: try again later")
        if len(others) >= self._settings.max_subscribers:
            raise Overloaded("too many connections listen to this site: try again later")


def _decoded(body: str) -> Subscribe:
    """Raises InvalidInput."""
    try:
        message = msgspec.json.decode(body, type=Subscribe)
    except (msgspec.DecodeError, UnicodeEncodeError) as error:
        raise InvalidInput(f"{error}: send {EXAMPLE}") from None
    if message.action != "subscribe":
        raise InvalidInput(f"there is no action {message.action[:80]!r}: send {EXAMPLE}")
    return message
