"""The keys under which events carry ``previous_visitor``; see ``items``."""

from collections.abc import Iterable

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import DAY_MS, LinkKeys, day_of
from footfall.engines.dynamodb.vault import Vault
from footfall.model import Event

LINKED_MS = 3_600_000
"""Events carry a link only so long after midnight: the longest retention there is."""
KEPT_DAYS = 2
"""After which DynamoDB removes a key by itself, where nobody prunes."""


class Links:
    """Keys are fetched when needed, and forgotten when erased."""

    def __init__(self, connection: Connection) -> None:
        self._vault = Vault(connection)
        self._keys: dict[int, bytes] = {}
        self._erased_before = 0

    async def for_writing(self, events: Iterable[Event]) -> LinkKeys:
        """The keys of all days on which these events have links."""
        for day in {day_of(each.time) for each in events if each.previous_visitor is not None}:
            if day not in self._keys:
                until = (day + KEPT_DAYS) * DAY_MS // 1000
                self._keys[day] = await self._vault.obtain(keys.link_sort(day), until)
        return self._keys

    async def for_reading(self, days: Iterable[int]) -> LinkKeys:
        """The keys that are still there of these days."""
        for day in set(days) - self._keys.keys():
            found = await self._vault.find(keys.link_sort(day))
            if found is not None:
                self._keys[day] = found
        return self._keys

    async def erase(self, cutoff: int) -> None:
        """Cut the links of all events older than ``cutoff`` (ms), as far as whole days go."""
        before = day_of(cutoff - LINKED_MS) + 1
        if before > self._erased_before:
            await self._vault.erase(keys.LINK_PREFIX, keys.link_sort(before))
            self._keys = {day: key for day, key in self._keys.items() if day >= before}
            # Late events may make the newest one anew, so that one is looked at every time.
            self._erased_before = before - 1
