"""Folding one event into a window of a million current visitors, and the memory per visitor."""

import gc
import statistics
import time

from benchmarks.crowd import LIMITS, Stream, filled, resident_bytes
from benchmarks.figures import Figure, record
from footfall.window.deduplicator import Deduplicator
from footfall.window.limits import Losses
from footfall.window.query import Filter

VISITORS = 1_050_000
"""Some leave during the measurement; at its end a million must still be current."""
SLICES = 10
SLICE = 10_000


def id_bytes(count: int) -> float:
    """Memory for one remembered id, measured over ``count`` ids."""
    before = resident_bytes()
    deduplicator = Deduplicator(LIMITS.max_ids, Losses())
    for number in range(count):
        deduplicator.counts(f"{number:024x}", number)
    return (resident_bytes() - before) / len(deduplicator)


def measure() -> list[Figure]:
    stream = Stream(VISITORS)
    gc.collect()
    before = resident_bytes()
    window = filled(stream)
    gc.collect()
    total = resident_bytes() - before
    ids = id_bytes(VISITORS)

    folding, ageing = [], []
    for _ in range(SLICES):
        events = list(stream.take(SLICE))
        started = time.perf_counter()
        aged = 0.0
        for event in events:
            second = event.time // 1000
            if second > window.now:
                aged -= time.perf_counter()
                window.advance(second)
                aged += time.perf_counter()
            window.fold(event)
        ageing.append(aged / SLICE * 1e6)
        folding.append((time.perf_counter() - started) / SLICE * 1e6 - ageing[-1])
    current = window.open(5, Filter()).visitors
    if current < 1_000_000:
        raise RuntimeError(f"only {current} visitors are current: raise VISITORS")
    return [
        Figure(
            name="fold of one event at 1,000,000 current visitors",
            value=statistics.median(folding),
            unit="µs",
            bar=8,
            sense="at most",
            details={
                "current visitors": current,
                "slices µs": [round(x, 2) for x in folding],
                "ageing, µs per event": round(statistics.median(ageing), 2),
            },
        ),
        Figure(
            name="memory per current visitor at 1,000,000, without ids",
            value=total / VISITORS - ids,
            unit="bytes",
            bar=600,
            sense="at most",
            details={"with ids": round(total / VISITORS), "per id": round(ids)},
        ),
    ]


if __name__ == "__main__":
    record("fold", measure())
