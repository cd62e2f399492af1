"""Folding one event into a window of a million and of 20,000 current visitors, the memory of each,
and how long a second takes in which thousands of them leave."""

import gc
import statistics
import time
from typing import Any

from benchmarks import builds
from benchmarks.crowd import LIMITS, SPAN, Stream, filled, resident_bytes
from benchmarks.figures import Figure, record
from footfall.window.deduplicator import Deduplicator
from footfall.window.limits import Losses
from footfall.window.query import Filter
from footfall.window.site import SiteWindow

MANY, FEW = 1_050_000, 21_000
"""Some leave during the measurement; at its end a million, or 20,000, must still be current."""
SLICES = 10
SLICES_OF_EVENTS = {MANY: 10_000, FEW: 200}
"""An equal part of the crowd, so that as many leave."""


def id_bytes(count: int) -> float:
    """Memory for one remembered id, measured over ``count`` ids."""
    before = resident_bytes()
    deduplicator = Deduplicator(LIMITS.max_ids, Losses())
    for number in range(count):
        deduplicator.counts(f"{number:024x}", number)
    return (resident_bytes() - before) / len(deduplicator)


def many() -> dict[str, Any]:
    return crowd(MANY)


def few() -> dict[str, Any]:
    return crowd(FEW)


def crowd(size: int) -> dict[str, Any]:
    """Folding (µs), bytes of a visitor with and without ids, and the slowest second (ms) in which
    the crowd leaves."""
    stream = Stream(size)
    gc.collect()
    before = resident_bytes()
    window = filled(stream)
    gc.collect()
    total = (resident_bytes() - before) / size
    ids = id_bytes(size)
    folding, ageing = [], []
    for _ in range(SLICES):
        folded, aged = slice_of(stream, window, SLICES_OF_EVENTS[size])
        folding.append(folded)
        ageing.append(aged)
    current = window.open(5, Filter()).visitors
    if current < size / 1.05:
        raise RuntimeError(f"only {current} visitors are current: raise {size}")
    return {
        "current visitors": current,
        "fold": statistics.median(folding),
        "slices µs": [round(x, 2) for x in folding],
        "ageing, µs per event": round(statistics.median(ageing), 2),
        "bytes": total - ids,
        "with ids": round(total),
        "per id": round(ids),
        "slowest second": slowest_second(window),
    }


def slice_of(stream: Stream, window: SiteWindow, size: int) -> tuple[float, float]:
    """µs per event of folding, and of the seconds that pass meanwhile."""
    events = list(stream.take(size))
    started = time.perf_counter()
    aged = 0.0
    for event in events:
        second = event.time // 1000
        if second > window.now:
            aged -= time.perf_counter()
            window.advance(second)
            aged += time.perf_counter()
        window.fold(event)
    took = time.perf_counter() - started
    return (took - aged) / size * 1e6, aged / size * 1e6


def slowest_second(window: SiteWindow) -> float:
    """ms, while no event comes until all have left the view of five minutes."""
    slowest = 0.0
    for second in range(window.now + 1, window.now + SPAN + 60):
        started = time.perf_counter()
        window.advance(second)
        slowest = max(slowest, time.perf_counter() - started)
    return slowest * 1000


def measure() -> list[Figure]:
    builds.require_compiled()
    million, thousands = builds.call("fold", "many"), builds.call("fold", "few")
    with builds.pure():
        pure_million, pure_thousands = builds.call("fold", "many"), builds.call("fold", "few")
    return [
        Figure(
            name="fold of one event at 1,000,000 current visitors",
            value=million["fold"],
            unit="µs",
            bar=6.5,
            sense="at most",
            details={**million, "pure": pure_million},
        ),
        Figure(
            name="the same at 20,000",
            value=thousands["fold"],
            unit="µs",
            bar=3.5,
            sense="at most",
            details={**thousands, "pure": pure_thousands},
        ),
        Figure(
            name="memory per current visitor at 1,000,000, without ids",
            value=million["bytes"],
            unit="bytes",
            bar=400,
            sense="at most",
            details={"pure": round(pure_million["bytes"])},
        ),
        Figure(
            name="longest stretch in which the loop answers nothing, 1,000,000 visitors ageing out",
            value=million["slowest second"],
            unit="ms",
            bar=15,
            sense="at most",
            details={"pure": round(pure_million["slowest second"], 1)},
        ),
    ]


if __name__ == "__main__":
    record("fold", measure())
