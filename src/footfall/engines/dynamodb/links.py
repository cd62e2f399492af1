"""The keys that mask ``previous_visitor`` in stored events; see ``items``."""

from collections.abc import Iterable

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import LinkKeys, day_of
from footfall.engines.dynamodb.secret_store import SecretStore
from footfall.model import MAX_RETENTION_MINUTES, Event
from footfall.times import DAY_MS, MINUTE_MS

LINKED_MS = MAX_RETENTION_MINUTES * MINUTE_MS
"""Events carry a link only this long after midnight: the longest possible retention."""
KEPT_DAYS = 2
"""Days after which DynamoDB expires a key that was not pruned."""


class Links:
    """Fetches keys when needed and drops them when they are deleted."""

    def __init__(self, connection: Connection) -> None:
        self._secrets = SecretStore(connection)
        self._keys: dict[int, bytes] = {}
        self._deleted_before = 0

    async def for_writing(self, events: Iterable[Event]) -> LinkKeys:
        """The keys of all days on which these events have links."""
        for day in {day_of(each.time) for each in events if each.previous_visitor is not None}:
            if day not in self._keys:
                until = (day + KEPT_DAYS) * DAY_MS // 1000
                self._keys[day] = await self._secrets.get_or_create(keys.link_sort(day), until)
        return self._keys

    async def for_reading(self, days: Iterable[int]) -> LinkKeys:
        """The keys, including those of ``days`` that still exist."""
        for day in set(days) - self._keys.keys():
            found = await self._secrets.find(keys.link_sort(day))
            if found is not None:
                self._keys[day] = found
        return self._keys

    async def delete_before(self, cutoff: int) -> None:
        """Delete the links of all events older than ``cutoff`` (ms), by whole days."""
        before = day_of(cutoff - LINKED_MS) + 1
        if before > self._deleted_before:
            await self._secrets.delete_before(keys.LINK_PREFIX, keys.link_sort(before))
            self._keys = {day: key for day, key in self._keys.items() if day >= before}
            # A late event may create the newest key again, so that one is checked every time.
            self._deleted_before = before - 1
