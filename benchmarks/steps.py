"""Where the time of one beacon goes: each step alone, in this process, with warm caches.

Prints µs. No figure with a bar: it shows where to look next.
"""

import asyncio
import gc
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from benchmarks import visitors
from benchmarks.servers import SITE
from footfall.app import create_app
from footfall.build import build
from footfall.clock import now_ms
from footfall.collect.body import split
from footfall.collect.wire import WireEvent, decode
from footfall.engines.open import open_store
from footfall.model import DropReason, Hit, Site
from footfall.settings import Settings
from footfall.window.limits import WindowLimits
from footfall.window.site import SiteWindow
from tests.serving import running

BEACONS = 20_000
T = TypeVar("T")
R = TypeVar("R")


def parsed(beacon: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Its headers and body."""
    head, _, body = beacon.partition(b"\r\n\r\n")
    fields = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
    return [(name.lower(), value) for name, value in fields], body


def timed(step: str, function: Callable[[T], R], given: Iterable[T]) -> list[R]:
    """Print what it takes, the second time. Gives the results."""
    items = list(given)
    for item in items:
        function(item)
    started = time.perf_counter()
    results = [function(item) for item in items]
    took = (time.perf_counter() - started) / len(items) * 1e6
    print(f"{took:7.2f} µs  {step}")
    return results


async def main() -> None:
    print(f"{build()} build")
    gc.disable()  # the results that are kept here would make it work
    settings = Settings(rate_limit=0, trusted_proxies=("127.0.0.0/8",))
    app = create_app(settings, open_store("memory://"), now_ms)
    async with running(app):
        await app.services.catalog.put_site(Site(id=SITE, name=SITE))
        steps(app.direct_collect.endpoint, app.services.catalog)


def steps(endpoint: Any, catalog: Any) -> None:
    ingest = endpoint.ingest
    rules = catalog.site(SITE)
    requests = [
        parsed(beacon.replace(visitors.ID, b"%012d" % number))
        for number, beacon in enumerate(visitors.beacons(SITE, BEACONS))
    ]
    callers = timed(
        "headers: who calls", lambda each: endpoint.callers.read(each[0], "127.0.0.1"), requests
    )
    timed("body: one event or several", lambda each: split(each[1]), requests)
    wires = timed("body: decode and validate", lambda each: decode(each[1]), requests)
    events = [each for each in wires if isinstance(each, WireEvent)]
    hits = timed(
        "collect: rules, URL, id",
        lambda each: ingest._collector.collect(each[0], rules, each[1]),
        zip(events, callers, strict=True),
    )
    enriched = timed(
        "enrich: agent, hash, country, source",
        lambda each: ingest._enricher.enrich(each, rules),
        [each for each in hits if isinstance(each, Hit)],
    )
    window = SiteWindow(WindowLimits(), now_ms() // 1000)
    started = time.perf_counter()
    folded = [each for each in enriched if not isinstance(each, DropReason)]
    for event in folded:
        window.fold(event)
    took = (time.perf_counter() - started) / len(folded) * 1e6
    print(f"{took:7.2f} µs  window: fold, each of a new visitor")


if __name__ == "__main__":
    asyncio.run(main())
