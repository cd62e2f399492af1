"""What was dropped of each site lately, so that its owner sees why nothing counts."""

import msgspec

from footfall.model import DropReason

KEPT_MS = 30 * 60_000
MAX_ROWS = 20
"""Of one site; the oldest gives way."""
MAX_SITES = 1000
MAX_HOST = 253


class Drop(msgspec.Struct):
    """Events that were dropped for one reason; ``last`` is when the newest came, in ms."""

    reason: DropReason
    host: str | None
    """The foreign host, if that is the reason."""
    count: int
    last: int


class RecentDrops:
    """In memory, and of this process alone: it helps to set a site up, and is no statistic. Of more
    than ``MAX_SITES`` sites the one that had no drop for longest is forgotten."""

    def __init__(self) -> None:
        self._sites: dict[str, dict[tuple[DropReason, str | None], Drop]] = {}

    def note(self, site_id: str, reason: DropReason, host: str | None, now: int) -> None:
        host = host and host[:MAX_HOST]
        rows = self._sites[site_id] = self._sites.pop(site_id, {})
        if len(self._sites) > MAX_SITES:
            del self._sites[next(iter(self._sites))]
        drop = rows.pop((reason, host), None)
        if drop is None or drop.last < now - KEPT_MS:
            drop = Drop(reason, host, 0, now)
        drop.count += 1
        drop.last = now
        rows[(reason, host)] = drop
        if len(rows) > MAX_ROWS:
            del rows[next(iter(rows))]

    def of(self, site_id: str, now: int) -> list[Drop]:
        """Those of the last half hour, newest first."""
        rows = self._sites.get(site_id, {})
        return [drop for drop in reversed(rows.values()) if drop.last >= now - KEPT_MS]

    def forget(self, site_id: str) -> None:
        self._sites.pop(site_id, None)
