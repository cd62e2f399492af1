"""Helpers to make events and to read an event log."""

import asyncio
from collections.abc import Iterable
from typing import Any

from footfall.engines.open import Store
from footfall.eventlog.port import EventLog, Tail
from footfall.model import Event, EventType, Offset, Site

PATIENCE_S = 60
"""For events of an emulator on a busy machine."""


def event(number: int, *, type: EventType = "pageview", **fields: Any) -> Event:  # noqa: A002
    """Event ``number`` of site ``a``: id and time (ms) follow from the number."""
    given: dict[str, Any] = {"site": "a", "time": number, "id": f"e{number:06d}", **fields}
    return Event(type=type, visitor=number, host="example.com", path="/", **given)


async def replayed(log: EventLog, until: Offset, *, site: str = "a", since: int = 0) -> list[Event]:
    return [each async for chunk in log.replay(site, since, until) for each in chunk]


async def end(log: EventLog) -> Offset:
    """The offset at the end of the log."""
    tail = await log.tail()
    await tail.aclose()
    return tail.start


async def forget(store: Store, site: str) -> None:
    """Remove a site and all its events."""
    await store.catalog.put_site(Site(id=site, name=site))
    await store.catalog.delete_site(site)
    while await store.catalog.sweep():
        pass


async def stored(log: EventLog, site: str = "a") -> list[Event]:
    """All events of a site in the log."""
    return await replayed(log, await end(log), site=site)


def by_time(events: Iterable[Event]) -> list[Event]:
    """Sorted like a replay; the order of a tail depends on its engine."""
    return sorted(events, key=lambda each: (each.time, each.id))


async def followed(tail: Tail, count: int) -> list[Event]:
    """The next ``count`` events of a tail, or fewer if it ends. Fails if they do not arrive."""
    events: list[Event] = []
    async with asyncio.timeout(PATIENCE_S):
        while len(events) < count:
            try:
                events += (await anext(aiter(tail))).events
            except StopAsyncIteration:
                break
    return events
