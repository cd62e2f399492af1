"""Short ways to make events and to read a log, for the tests of what stands on it."""

import asyncio
from collections.abc import Iterable
from typing import Any

from footfall.eventlog.port import EventLog, Tail
from footfall.model import Event, EventType, Offset


def event(number: int, *, type: EventType = "pageview", **fields: Any) -> Event:  # noqa: A002
    """The ``number``-th event of site ``a``: its id and its time (ms) follow from it."""
    given: dict[str, Any] = {"site": "a", "time": number, "id": f"e{number:06d}", **fields}
    return Event(type=type, visitor=number, host="example.com", path="/", **given)


async def replayed(log: EventLog, until: Offset, *, site: str = "a", since: int = 0) -> list[Event]:
    return [each async for chunk in log.replay(site, since, until) for each in chunk]


async def end(log: EventLog) -> Offset:
    """The log's present end."""
    tail = await log.tail()
    await tail.aclose()
    return tail.start


async def stored(log: EventLog, site: str = "a") -> list[Event]:
    """All events that the log holds of a site."""
    return await replayed(log, await end(log), site=site)


def by_time(events: Iterable[Event]) -> list[Event]:
    """In the order of a replay: a tail's own order is up to its store."""
    return sorted(events, key=lambda each: (each.time, each.id))


async def followed(tail: Tail, count: int) -> list[Event]:
    """The next ``count`` events of a tail, fewer when it ends; fails when they don't come."""
    events: list[Event] = []
    async with asyncio.timeout(20):
        while len(events) < count:
            try:
                events += (await anext(aiter(tail))).events
            except StopAsyncIteration:
                break
    return events
