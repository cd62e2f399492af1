"""Processes one request: collect, enrich, append. A body is accepted as a whole or not at all."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

import msgspec

from footfall.collect.body import Body, split
from footfall.collect.caller import Caller
from footfall.collect.collector import Collector
from footfall.collect.rate_limit import RateLimiter
from footfall.collect.recent_drops import RecentDrops
from footfall.collect.wire import OtherEvent, WireEvent, checked, decode
from footfall.enrich.enricher import Enricher
from footfall.errors import InvalidInput, NotFound, TooLarge
from footfall.eventlog.port import Done
from footfall.model import DropReason, Event, SiteRules

SLICE_EVENTS = 500
"""Events processed before other requests get their turn: about 4 ms."""

Dropped: TypeAlias = dict[DropReason, int]
"""How many events were dropped, by reason."""


class Taken(msgspec.Struct):
    """What was made of the events of a body, until it is committed."""

    events: list[Event] = []
    dropped: Dropped = {}

    def add(self, outcome: Event | DropReason) -> None:
        if isinstance(outcome, DropReason):
            self.dropped[outcome] = self.dropped.get(outcome, 0) + 1
        else:
            self.events.append(outcome)


class Writer(Protocol):
    def add(self, events: Sequence[Event]) -> asyncio.Future[None]:
        """The future is done when the events are committed. Raises Overloaded when full."""

    def submit(self, events: Sequence[Event], done: Done) -> None:
        """Like ``add``, but calls ``done``."""


class Ingest:
    """``rules`` returns a site's rules, or None for an unknown site.

    ``accepted`` counts committed events, ``dropped`` those dropped on purpose.
    """

    def __init__(
        self,
        rules: Callable[[str], SiteRules | None],
        collector: Collector,
        enricher: Enricher,
        writer: Writer,
        limiter: RateLimiter,
        max_events: int = 10_000,
    ) -> None:
        self._rules = rules
        self._collector = collector
        self._enricher = enricher
        self._writer = writer
        self._limiter = limiter
        self._max_events = max_events
        self.accepted = 0
        self.dropped: Dropped = dict.fromkeys(DropReason, 0)
        self.recent_drops = RecentDrops()

    async def ingest(self, body: bytes, caller: Caller) -> Dropped:
        """Returns after the commit, with the events that were dropped.

        Raises InvalidInput (``field`` is ``u`` in a single object, ``[17].u`` in a list),
        NotAllowed, NotFound, TooLarge, RateLimited, Overloaded, StoreUnavailable: then the body is
        not accepted.
        """
        parts = self._split(body, caller)
        taken = Taken()
        for begin in range(0, len(parts.texts), SLICE_EVENTS):
            if begin:
                await asyncio.sleep(0)
            self._take(parts, begin, caller, taken)
        if taken.events:
            await self._writer.add(taken.events)
        return self.committed(taken)

    async def ingest_events(
        self, events: Sequence[WireEvent | OtherEvent], caller: Caller
    ) -> Dropped:
        """The same for events that were made from another product's form. Raises the same."""
        if caller.write_site is None and len(events) > 1:
            self._limiter.charge(caller.address, len(events) - 1)
        taken = Taken()
        for event in events:
            taken.add(self._process(checked(event), caller))
        if taken.events:
            await self._writer.add(taken.events)
        return self.committed(taken)

    def submit(self, body: bytes, caller: Caller, done: Done) -> Taken:
        """Like ``ingest`` for a small body, in one go, but returns before the commit, and calls
        ``done`` after it if there are events; then call ``committed``. Raises the same."""
        parts = self._split(body, caller)
        taken = Taken()
        for begin in range(0, len(parts.texts), SLICE_EVENTS):
            self._take(parts, begin, caller, taken)
        if taken.events:
            self._writer.submit(taken.events, done)
        return taken

    def committed(self, taken: Taken) -> Dropped:
        """Count what was taken."""
        self.accepted += len(taken.events)
        for reason, count in taken.dropped.items():
            self.dropped[reason] += count
        return taken.dropped

    def _split(self, body: bytes, caller: Caller) -> Body:
        parts = split(body)
        count = len(parts.texts)
        if count > self._max_events:
            raise TooLarge(f"a body has at most {self._max_events} events: send several bodies")
        if caller.write_site is None and count > 1:
            # The request itself has taken the first.
            self._limiter.charge(caller.address, count - 1)
        return parts

    def _take(self, parts: Body, begin: int, caller: Caller, taken: Taken) -> None:
        """Process a slice of the body's events."""
        for number, text in enumerate(parts.texts[begin : begin + SLICE_EVENTS], begin):
            try:
                wire = decode(text, parts.may_have_nul)
                taken.add(self._process(wire, caller))
            except InvalidInput as error:
                raise error if parts.single else _numbered(error, number) from None

    def _process(self, wire: WireEvent | OtherEvent, caller: Caller) -> Event | DropReason:
        rules = self._rules(wire.site)
        if rules is None:
            raise NotFound(f"there is no site {wire.site!r}: add it first, or correct s")
        outcome = self._outcome(wire, rules, caller)
        if isinstance(outcome, DropReason):
            self._note_drop(outcome, wire, rules, caller)
        return outcome

    def _outcome(
        self, wire: WireEvent | OtherEvent, rules: SiteRules, caller: Caller
    ) -> Event | DropReason:
        if isinstance(wire, OtherEvent):
            return DropReason.UNSUPPORTED
        hit = self._collector.collect(wire, rules, caller)
        return hit if isinstance(hit, DropReason) else self._enricher.enrich(hit, rules)

    def _note_drop(
        self, reason: DropReason, wire: WireEvent | OtherEvent, rules: SiteRules, caller: Caller
    ) -> None:
        host = None
        if reason is DropReason.FOREIGN_HOST and isinstance(wire, WireEvent):
            host = self._collector.foreign_host(wire.url, rules, caller.origin)
        self.recent_drops.note(rules.site.id, reason, host, caller.now)


def _numbered(error: InvalidInput, number: int) -> InvalidInput:
    field = f"[{number}]" if error.field is None else f"[{number}].{error.field}"
    return InvalidInput(str(error), field)
