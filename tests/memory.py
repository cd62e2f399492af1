"""How much memory some work keeps."""

import tracemalloc
from collections.abc import Callable


def kept(work: Callable[[], None]) -> int:
    """Bytes that were allocated while ``work`` ran and are still in use after it."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        work()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before
