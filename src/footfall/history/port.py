"""The port of the minutes: what the live counters showed at the end of each, kept for years."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from footfall.model import MinuteCounts


def highest(minutes: Iterable[MinuteCounts]) -> MinuteCounts | None:
    """The first with the greatest number of current visitors."""
    return max(minutes, key=lambda each: (each.current_visitors, -each.minute), default=None)


class MinuteStore(Protocol):
    """Every method raises StoreUnavailable. What is left of a removed site is deleted with its
    events, by the sweep of the catalog."""

    async def put(self, minutes: Mapping[str, Sequence[MinuteCounts]]) -> None:
        """Keep minutes, by site. A minute that is kept already is replaced."""

    async def read(self, site: str, since: int, until: int) -> list[MinuteCounts]:
        """The minutes from ``since`` to before ``until`` (whole minutes since the epoch) in which
        anything was, in order."""

    async def peak(self, site: str, since: int, until: int) -> MinuteCounts | None:
        """The first of those minutes that has the greatest number of current visitors."""

    async def ends(self, site: str) -> tuple[int, int] | None:
        """The oldest and the newest minute of the site that are kept; None if none is."""
