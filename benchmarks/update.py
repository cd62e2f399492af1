"""Building one update of a view at a million visitors, compared with a thousand."""

import statistics
import time

import msgspec

from benchmarks.crowd import Stream, filled
from benchmarks.figures import Figure, record
from footfall.window.query import ViewQuery
from footfall.window.reader import Reader

SIZES = (1_000, 1_000_000)
ROUNDS = 200
EVENTS = 50
"""Folded before each update, so that every section has changed."""


class Channel:
    def __init__(self, size: int) -> None:
        self.stream = Stream(size)
        self.window = filled(self.stream)
        self.reader = Reader(self.window, ViewQuery("bench"))
        self.times: list[float] = []

    def update(self) -> None:
        for event in self.stream.take(EVENTS):
            self.window.fold(event)
        started = time.perf_counter()
        msgspec.json.encode(self.reader.document())
        self.times.append((time.perf_counter() - started) * 1e6)


def measure() -> list[Figure]:
    few, many = (Channel(size) for size in SIZES)
    for _ in range(ROUNDS):
        few.update()
        many.update()
    medians = [statistics.median(channel.times) for channel in (few, many)]
    return [
        Figure(
            name="building one update at 1,000,000 visitors against 1,000",
            value=medians[1] / medians[0],
            unit="times",
            bar=2,
            sense="at most",
            details={"µs at 1,000": round(medians[0]), "µs at 1,000,000": round(medians[1])},
        )
    ]


if __name__ == "__main__":
    record("update", measure())
