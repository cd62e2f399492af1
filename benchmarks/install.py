"""From the installation of the wheel, with a warm cache, to the first live number of the demo."""

import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, record
from tests.outside.wheel import Installed, build, wait_for_visitors

ROUNDS = 5


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        wheel = build(Path(folder))
        rounds = [install(Path(folder) / str(number), wheel) for number in range(ROUNDS + 1)]
    installing, starting = zip(*rounds[1:], strict=True)  # the first warms the cache
    return [
        Figure(
            name="`pip install` of the wheel (warm cache) → first live number of `footfall demo`",
            value=statistics.median(map(sum, rounds[1:])),
            unit="s",
            bar=10,
            sense="at most",
            details={
                "of it, new environment and installation": round(statistics.median(installing), 2),
                "of it, the demo": round(statistics.median(starting), 2),
            },
        )
    ]


def install(folder: Path, wheel: Path) -> tuple[float, float]:
    """Seconds to install, and then to the first number."""
    folder.mkdir()
    started = time.perf_counter()
    installed = Installed(folder, wheel)
    ready = time.perf_counter()
    with installed.server("demo") as address:
        wait_for_visitors(address)
        return ready - started, time.perf_counter() - ready


if __name__ == "__main__":
    record("install", measure())
