"""The event log port: the only way from a request to the window.

An event is appended, committed and acknowledged; then ``tail`` delivers it. Delivery is at least
once; the window's fold is idempotent.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol, TypeAlias

import msgspec

from footfall.background import BackgroundTask
from footfall.errors import FootfallError
from footfall.model import Batch, Event, Offset

Done: TypeAlias = Callable[[BaseException | None], None]
"""Called with None once events are durable, or with the reason why they may not be."""


class Cutoffs(msgspec.Struct, frozen=True, kw_only=True):
    """What ``prune`` removes: everything strictly older than these times (ms)."""

    events: int
    """Page views, custom events, outbound clicks."""
    signals: int
    """Pings and leaves."""
    links: int
    """``previous_visitor``, which links two days: it is set to None, the event stays."""


class TailLost(FootfallError):
    """A tail can't deliver what its reader missed: a replay can."""


class Tail(Protocol):
    """Committed batches in order, from ``start`` on. Ends when the log is closed.

    A tail that is not read costs its own reader alone: what does not fit into its buffer, it reads
    from the store when its reader is there again. If the store has that no longer, the iteration
    raises TailLost.
    """

    start: Offset
    """Events at or before it come from ``replay``, later ones from this tail."""

    def __aiter__(self) -> AsyncIterator[Batch]: ...

    def delay(self) -> float:
        """How many seconds the oldest unread batch has been waiting."""

    async def aclose(self) -> None: ...


class EventLog(Protocol):
    async def append(self, events: Sequence[Event]) -> None:
        """Store all of ``events`` durably. Returns after the commit.

        Raises StoreUnavailable if the store does not take them. A store without large
        transactions may have stored some of them; appending them again does no harm.
        """

    async def probe(self) -> None:
        """Commit nothing. Raises StoreUnavailable if the store would not take events now."""

    async def tail(self) -> Tail:
        """Follow the log from its current end, which is after everything that this process has
        appended so far. A slow reader loses nothing."""

    def replay(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        """Events of ``site`` with ``time >= since`` and an offset up to ``until``, ordered by
        (time, id), in chunks of at most 500."""

    async def first_event(self, site: str) -> int | None:
        """The time (ms) of the oldest event of ``site`` that the log holds; None if it has none."""

    async def prune(self, cutoffs: Cutoffs) -> int:
        """Remove a small part of what is too old; returns how many rows changed. Call again until
        it returns 0. A store that expires events by itself, but late, only hides them."""

    @property
    def tasks(self) -> Sequence[BackgroundTask]:
        """What the log runs in the background."""

    def problem(self) -> str | None:
        """Why this node should not serve although its store answers; None if it should."""

    async def close(self) -> None: ...
