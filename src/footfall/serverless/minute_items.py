"""The minute items of the table: the stream handler writes them, everything else reads them."""

from collections.abc import Iterable, Sequence

from footfall.documents import RealtimeDocument
from footfall.dynamodb.minute_window import MinuteWindow
from footfall.dynamodb.stats import MinuteStats
from footfall.dynamodb.store import AnalyticsStore
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Item, LinkKeys, day_of, to_events
from footfall.engines.dynamodb.links import LINKED_MS, Links
from footfall.serverless.execute import execute
from footfall.times import DAY_MS, utc_minute
from footfall.window.limits import DEDUP_SECONDS, WindowLimits
from footfall.window.query import ViewQuery
from footfall.window.reader import Reader

SLACK_SECONDS = 120


class MinuteItems:
    """The minute items of one table. ``now`` is in seconds since the epoch."""

    def __init__(self, connection: Connection, limits: WindowLimits) -> None:
        self._connection = connection
        self._limits = limits
        self._store = AnalyticsStore(connection.table)
        self._links = Links(connection)

    async def put(self, site: str, minute: int, stats: MinuteStats, sequence: str) -> None:
        """``minute`` is in minutes since the epoch. Writing a sequence again replaces its items.

        Raises StoreUnavailable, TooLarge.
        """
        expires = (minute + 1) * 60 + self._limits.horizon + SLACK_SECONDS
        name = utc_minute(minute)
        command = self._store.put_stats_command(site, name, stats, expires, sequence)
        await execute(self._connection, command)

    def counts(self, minute: int, now: int) -> bool:
        """Whether events of ``minute`` can still count."""
        return (minute + 1) * 60 > now - self._limits.horizon

    async def documents(
        self, queries: Sequence[ViewQuery], now: int, own: Iterable[Item] = ()
    ) -> dict[ViewQuery, RealtimeDocument]:
        """The documents of views of one site. ``own`` are event items that the caller has just
        counted: a read may not see them yet. Raises StoreUnavailable."""
        window, readers = await self._window(queries, now, own)
        return {query: window.document(reader) for query, reader in readers.items()}

    async def readers(self, queries: Sequence[ViewQuery], now: int) -> list[Reader]:
        """The readers of views of one site. Raises StoreUnavailable."""
        _, readers = await self._window(queries, now, ())
        return list(readers.values())

    async def _window(
        self, queries: Sequence[ViewQuery], now: int, own: Iterable[Item]
    ) -> tuple[MinuteWindow, dict[ViewQuery, Reader]]:
        site = queries[0].site
        horizon = self._limits.retention_minutes + DEDUP_SECONDS // 60
        command = self._store.get_realtime_stats_command(site, horizon, now)
        found = await execute(self._connection, command)
        link_keys = await self._link_keys(now)
        window = MinuteWindow(now, self._limits, link_keys)
        readers = {query: window.open(query) for query in queries}
        window.add(found, to_events(list(own), link_keys))
        return window, readers

    async def _link_keys(self, now: int) -> LinkKeys:
        """Today's link key. Only events of a day's first hour have links, so this costs no request
        once none of them count."""
        oldest = (now - self._limits.horizon) * 1000
        linked = {day for day in (day_of(now * 1000),) if oldest < day * DAY_MS + LINKED_MS}
        return await self._links.for_reading(linked)
