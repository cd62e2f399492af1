"""What many sites and many filters cost: each event, and each second in which nothing happens."""

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import count

import uvloop

from benchmarks.crowd import Stream, filled
from benchmarks.figures import Figure, record
from benchmarks.soak import fold, read, site_id
from footfall.app import Application, create_app
from footfall.cli.process import COLLECT_AFTER
from footfall.engines.open import open_store
from footfall.model import Event, Site
from footfall.principal import HOLDER
from footfall.settings import Settings
from footfall.window.query import Filter
from tests.serving import Clock, running

NOON = 1_790_078_400
SITES = 5_000
VISITS = 20
"""On each site, over the half hour before."""
FILTERS = 500
EVENTS = 2_000
BATCH = 10
SECONDS = 60
ROUNDS = 5
SITE_ROUNDS = 25
"""Each takes some 10 ms, which the machine's other tenants disturb."""


def cost_with(filters: Sequence[Filter]) -> float:
    """µs of folding an event while views with these filters are open."""
    stream = Stream(20_000)
    window = filled(stream)
    for wanted in filters:
        view = window.open(5, wanted)
        while not window.fill(view, 1_000_000):
            pass
    rounds = []
    for _ in range(ROUNDS):
        events = list(stream.take(EVENTS))
        window.advance(events[-1].time // 1000)
        started = time.perf_counter()
        for event in events:
            window.fold(event)
        rounds.append((time.perf_counter() - started) / EVENTS * 1e6)
    return statistics.median(rounds)


IDS = count()


def visit(site: int, number: int, second: int) -> Event:
    return Event(
        site=site_id(site),
        time=second * 1000,
        id=str(next(IDS)),
        type="pageview",
        visitor=number,
        host="www.example.com",
        path=f"/page/{number % 7}",
    )


async def with_sites(sites: int) -> tuple[float, list[float]]:
    """µs of an event with the overview of all sites open; then, without it, the ms of each stretch
    in which the loop answers nothing while seconds pass. Objects are collected as in a server."""
    gc.set_threshold(*COLLECT_AFTER)
    clock = Clock(NOON * 1000)
    store = open_store("memory://")
    for number in range(sites):
        await store.catalog.put_site(Site(id=site_id(number), name=site_id(number)))
    app = create_app(Settings(), store, clock)
    async with running(app):
        per_event = await event_cost(app, sites)
        past = (
            visit(site, number, NOON - 1_800 + (site * 7 + number * 89) % 1_800)
            for site in range(sites)
            for number in range(VISITS)
        )
        await fold(app, list(past))
        return per_event, list(stretches(app, clock))


async def event_cost(app: Application, sites: int) -> float:
    """Every event is of another site, which has been visited before."""
    await fold(app, [visit(site, 0, NOON) for site in range(sites)])
    overview = await app.hub.subscribe_overview(
        tuple(site_id(each) for each in range(sites)), HOLDER
    )
    reader = asyncio.create_task(read(overview))
    await asyncio.sleep(0)
    rounds = []
    for number in range(SITE_ROUNDS):
        batches = [
            [visit((number * EVENTS + first + each) % sites, first, NOON) for each in range(BATCH)]
            for first in range(0, EVENTS, BATCH)
        ]
        started = time.process_time()
        for batch in batches:
            await fold(app, batch)
        rounds.append((time.process_time() - started) / EVENTS * 1e6)
    overview.end(1000, "")
    await reader
    return statistics.median(rounds)


def stretches(app: Application, clock: Clock) -> Iterator[float]:
    for second in range(1, SECONDS):
        clock.now = (NOON + second) * 1000
        started = time.perf_counter()
        for _ in app.life.parts.node.pass_second():
            yield (time.perf_counter() - started) * 1000
            started = time.perf_counter()


def measure() -> list[Figure]:
    plain = cost_with([Filter(path="/other")])
    filtered = cost_with([Filter(path=f"/other/{number}") for number in range(FILTERS)])
    one, _ = uvloop.run(with_sites(1))
    many, idle = uvloop.run(with_sites(SITES))
    return [
        Figure(
            name=f"event cost with {FILTERS} open filters against 1",
            value=filtered / plain,
            unit="times",
            bar=3,
            sense="at most",
            details={"µs with 1": round(plain, 2), f"µs with {FILTERS}": round(filtered, 2)},
        ),
        Figure(
            name=f"event cost with {SITES:,} sites, overview open, against 1 site",
            value=many / one,
            unit="times",
            bar=1.3,
            sense="at most",
            details={"µs with 1": round(one, 2), f"µs with {SITES}": round(many, 2)},
        ),
        Figure(
            name=f"longest stretch in which the loop answers nothing, {SITES:,} idle sites",
            value=max(idle),
            unit="ms",
            bar=15,
            sense="at most",
        ),
    ]


if __name__ == "__main__":
    record("growth", measure())
