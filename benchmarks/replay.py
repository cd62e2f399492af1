"""Rebuilding a window by replaying the log of the SQLite store."""

import asyncio
import statistics
import time
from itertools import islice
from pathlib import Path

from benchmarks import builds, servers
from benchmarks.crowd import LIMITS, SPAN, START, Stream
from benchmarks.figures import Figure, record
from footfall.engines.open import open_store
from footfall.eventlog.port import EventLog
from footfall.live.replay import replay
from footfall.live.windows import Windows
from footfall.window.query import Filter

EVENTS = 300_000
VISITORS = 100_000
CHUNK = 5_000
ROUNDS = 5


async def write(log: EventLog) -> None:
    """Append three page views per visitor, within the retention."""
    events = Stream(VISITORS).take(EVENTS)
    while chunk := list(islice(events, CHUNK)):
        await log.append(chunk)


async def rebuild(log: EventLog) -> float:
    """Replay the log into a new window. Returns events per second."""
    tail = await log.tail()
    now = START + SPAN * EVENTS // VISITORS  # the time of a restart
    started = time.perf_counter()
    windows = Windows(LIMITS, lambda: now)
    windows.offset = tail.start
    window = await replay(log, windows, servers.SITE, windows.new)
    seconds = time.perf_counter() - started
    await tail.aclose()
    views = window.open(30, Filter()).page_views
    if views != EVENTS:
        raise RuntimeError(f"{views} of {EVENTS} events were counted after the replay")
    return EVENTS / seconds


async def rounds(folder: Path) -> list[float]:
    store = open_store(f"sqlite:///{folder}/bench.db")
    try:
        await write(store.event_log)
        return [await rebuild(store.event_log) for _ in range(ROUNDS)]
    finally:
        await store.close()


def rates() -> list[float]:
    with servers.disk_folder() as folder:
        return asyncio.run(rounds(folder))


def figure(name: str, rates: list[float], bar: float) -> Figure:
    return Figure(
        name=name,
        value=statistics.median(rates),
        unit="events/s",
        bar=bar,
        sense="at least",
        details={
            "events": EVENTS,
            "visitors": VISITORS,
            "seconds of traffic": SPAN * EVENTS // VISITORS,
            "rounds": [round(rate) for rate in rates],
        },
    )


def measure() -> list[Figure]:
    builds.require_compiled()
    compiled = builds.call("replay", "rates")
    with builds.pure():
        pure = builds.call("replay", "rates")
    return [
        figure("rebuilding the window by replay", compiled, 150_000),
        figure("the same in pure Python", pure, 100_000),
    ]


if __name__ == "__main__":
    record("replay", measure())
