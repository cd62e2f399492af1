"""The commands that write and read the minutes of a site."""

import secrets
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, Never

from footfall.dynamodb.arguments import (
    check_minute,
    check_site_id,
    check_ttl,
    checked_stats,
    refuse_unknown,
)
from footfall.dynamodb.attributes import item
from footfall.dynamodb.commands import Command, put
from footfall.dynamodb.stats import LastSeen, MinuteStats, parts
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.items import Item
from footfall.model import DEFAULT_MINUTES
from footfall.times import utc_minute

NOTHING: Mapping[str, Any] = {}
KEEP_SECONDS = 600
LAST = "~"
"""Sorts after everything that follows a minute in a key."""


class AnalyticsStore:
    """Builds commands for one table; sends nothing.

    Each update is a separate item, ``REALTIME#minute#sequence``: writers never change each other's
    numbers, a command sent twice writes one item, and readers add the items up.
    """

    def __init__(self, table_name: str, now: Callable[[], float] = time.time) -> None:
        """``now`` returns seconds since the epoch."""
        self.table_name = table_name
        self._now = now
        self._writer = secrets.token_hex(8)
        self._updates = count()

    def update_realtime_stats_command(
        self,
        site_id: str,
        minute: str = "",
        page_views: int = 0,
        active_pages: Mapping[str, int] = NOTHING,
        visitors: Mapping[str, LastSeen | tuple[int, str, str | None]] = NOTHING,
        ttl: int | None = None,
        **unknown: Never,
    ) -> Command:
        """Add what was seen of a site in one minute.

        ``minute`` is ``2026-01-15T10:30`` (UTC); ``active_pages`` maps a path to its page views;
        ``visitors`` maps a visitor's id to ``(last second since the epoch, path, country)``.
        ``ttl`` is the second since the epoch from which the item no longer counts, ten minutes
        from now by default; longer windows need a later one.

        Returns a ``put_item``, or a ``batch_write_item`` if several items are needed to keep each
        below 350 KB. Raises InvalidInput for wrong arguments, TooLarge above 25 items.
        """
        check_site_id(site_id)
        refuse_unknown(unknown)
        check_ttl(ttl, self._now())
        stats = checked_stats(page_views, active_pages, visitors)
        return self.put_stats_command(site_id, minute, stats, ttl)

    def put_stats_command(
        self,
        site_id: str,
        minute: str,
        stats: MinuteStats,
        ttl: int | None = None,
        sequence: str | None = None,
    ) -> Command:
        """The same from a ``MinuteStats``. An update replaces an earlier one with the same
        ``sequence``; None stands for a new one."""
        if ttl is None:
            ttl = int(self._now()) + KEEP_SECONDS
        if sequence is None:
            sequence = f"{self._writer}-{next(self._updates)}"
        check_site_id(site_id)
        check_minute(minute)
        made: list[Item] = []
        for number, part in enumerate(parts(stats)):
            name = f"{sequence}.{number}" if number else sequence
            sort = keys.realtime_sort(minute, name)
            head = {keys.PARTITION: keys.site_partition(site_id), keys.SORT: sort, keys.TTL: ttl}
            made.append({**item(head), **part})
        return put(self.table_name, made)

    def get_realtime_stats_command(
        self, site_id: str, minutes: int = DEFAULT_MINUTES, now: int | None = None
    ) -> Command:
        """A ``query`` for every item that can matter to the last ``minutes`` minutes.

        It leaves out items past their ``ttl``, which DynamoDB removes hours late. One answer has at
        most 1 MB: follow ``LastEvaluatedKey``, or use ``run``, which does.
        """
        check_site_id(site_id)
        now = int(self._now()) if now is None else now
        first, last = now // 60 - minutes, now // 60 + 1
        values: dict[str, Any] = {
            ":site": keys.site_partition(site_id),
            ":first": keys.realtime_minute_sort(utc_minute(first)),
            ":last": keys.realtime_minute_sort(utc_minute(last)) + LAST,
            ":now": now,
        }
        arguments = {
            "TableName": self.table_name,
            "KeyConditionExpression": "#pk = :site AND #sk BETWEEN :first AND :last",
            "FilterExpression": "#ttl > :now",
            "ExpressionAttributeNames": {
                "#pk": keys.PARTITION,
                "#sk": keys.SORT,
                "#ttl": keys.TTL,
            },
            "ExpressionAttributeValues": item(values),
        }
        return {"command": "query", "input": arguments}
