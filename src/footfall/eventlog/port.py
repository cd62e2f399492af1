"""The event log: the one way from a request to the window.

An event is appended, committed, acknowledged, and only then delivered by ``tail``. Delivery is
at least once; the window folds idempotently.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec

from footfall.model import Batch, Event, Offset


class Cutoffs(msgspec.Struct, frozen=True, kw_only=True):
    """What ``prune`` removes: everything strictly older than these times (ms)."""

    events: int
    """Page views, custom events, outbound clicks."""
    signals: int
    """Pings and leaves."""
    links: int
    """``previous_visitor``, which ties two days together: set to None, the event stays."""


class Tail(Protocol):
    """Committed batches as they come, from ``start`` on. Ends when the log is closed."""

    start: Offset
    """All events at or before it come from ``replay``, all later ones from this tail."""

    def __aiter__(self) -> AsyncIterator[Batch]: ...

    def delay(self) -> float:
        """For how many seconds the oldest batch that was not yet asked for has been there."""

    async def aclose(self) -> None: ...


class EventLog(Protocol):
    async def append(self, events: Sequence[Event]) -> None:
        """Store all of ``events`` durably. Returns after the commit.

        Raises StoreUnavailable when the store does not take them. A store without large
        transactions may have taken some then; appended again, they are the same events.
        """

    async def tail(self) -> Tail:
        """Follow the log from its present end: what this process has appended so far lies
        before it. A slow reader loses nothing."""

    def replay(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        """Events of ``site`` with ``time >= since`` that lie at or before ``until``, ordered by
        (time, id), in chunks of at most 500."""

    async def holds(self, site: str) -> bool:
        """Whether any event of ``site`` is there."""

    async def prune(self, cutoffs: Cutoffs) -> int:
        """Remove one small step's worth of what is too old; returns how many rows it touched.
        Call again until it returns 0. A store that removes by itself, but late, never shows
        again what is older."""

    async def delete_site(self, site: str) -> None:
        """Remove every event of the site."""

    def trouble(self) -> str | None:
        """Why this node had better take no visitors although its store answers, or None."""

    async def close(self) -> None: ...
