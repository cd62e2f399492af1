"""The DynamoDB store on an emulator: requests per event, acceptance rate, delay to other nodes."""

import asyncio
import re
import statistics
import time
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count

import httpx
import uvloop

from benchmarks import servers, visitors
from benchmarks.connections import Poster
from benchmarks.figures import Figure, record
from benchmarks.latency import Client, Scene
from benchmarks.tables import nodes, table
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Lifetimes, to_item
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.open import open_store
from footfall.eventlog.writer import BatchingWriter
from footfall.model import Event

RATE = 500
SECONDS = 30
POSTERS = 256
BEAT = 0.01
"""Seconds to sleep when the events are ahead of the rate."""

CALLERS = 256
"""Concurrent callers, each waiting for the acknowledgement of its event."""
ROUNDS = 3
TAKEN = 3_000
BASELINE_TAKEN = 600

NEIGHBOURS = Scene(subscribers=1, events_per_second=50, probes=60, gap=(0.3, 0.7))
COUNTER = re.compile(r'footfall_store_requests_total\{operation="(\w+)"\} (\d+)')


def requests() -> Figure:
    """All requests of one live node, including those for its stream, catalog and lease."""
    with table() as store, nodes(store, 1) as (node,):
        before = _counted(node)
        taken, seconds = uvloop.run(_post(node))
        after = _counted(node)
    made = {name: after[name] - before.get(name, 0) for name in after}
    return Figure(
        name=f"DynamoDB requests per 1,000 events, at {RATE} events/s",
        value=sum(made.values()) * 1_000 / taken,
        unit="requests",
        bar=60,
        sense="at most",
        details={"events": taken, "events per second": round(taken / seconds), "by": made},
    )


async def _post(node: servers.Server) -> tuple[int, float]:
    """Post single page views at ``RATE``. Returns their number and the seconds it took."""
    loop = asyncio.get_running_loop()
    posters = deque[Poster]()
    for _ in range(POSTERS):
        posters.append((await loop.create_connection(Poster, "127.0.0.1", node.port))[1])
    beacons = visitors.beacons(servers.SITE, 20_000)
    started = time.perf_counter()
    posted = 0
    for serial in count():
        due = started + serial / RATE
        if due > started + SECONDS:
            break
        if due > time.perf_counter() + BEAT:
            await asyncio.sleep(BEAT)
        posters.rotate()  # in turn, since the server closes idle connections
        while posters[0].busy:
            await asyncio.sleep(0.001)
        beacon = beacons[serial % len(beacons)]
        posters[0].post(beacon.replace(visitors.ID, b"%012d" % serial))
        posted = serial + 1
    while any(poster.busy for poster in posters):
        await asyncio.sleep(BEAT)
    seconds = time.perf_counter() - started
    refused = sum(poster.refused for poster in posters)
    for poster in posters:
        poster.close()
    if refused:
        raise RuntimeError(f"{refused} of {posted} events were refused")
    return posted, seconds


def _counted(node: servers.Server) -> dict[str, int]:
    headers = {"Authorization": f"Bearer {servers.ADMIN}"}
    text = httpx.get(f"{node.url}/metrics", headers=headers).text
    return {name: int(float(value)) for name, value in COUNTER.findall(text)}


def acceptance() -> Figure:
    """Compares writes only: reading the stream would slow down the emulator's writes."""
    ratios, ours, baseline = [], [], []
    with table() as store:
        for round_ in range(ROUNDS):
            ours.append(uvloop.run(_batched(store, round_)))
            baseline.append(uvloop.run(_one_by_one(store, round_)))
            ratios.append(ours[-1] / baseline[-1])
    return Figure(
        name="events accepted on the emulator, against one awaited put per event",
        value=statistics.median(ratios),
        unit="times as many",
        bar=4,
        sense="at least",
        details={
            "callers at once": CALLERS,
            "events per second": [round(each) for each in ours],
            "puts per second": [round(each) for each in baseline],
            "ratios": [round(each, 1) for each in ratios],
        },
    )


async def _batched(url: str, round_: int) -> float:
    store = open_store(url)
    writer = BatchingWriter(store.event_log, 2 * TAKEN, store.appends_at_once)
    await writer.add([_event("warm-up", round_, 0)])

    async def add(number: int) -> None:
        await writer.add([_event("ours", round_, number)])

    rate = await _rate(add, TAKEN)
    await store.close()
    return rate


async def _one_by_one(url: str, round_: int) -> float:
    options = parse_options(url)
    connection = Connection(options)
    lifetimes = Lifetimes(events=2_592_000, signals=3_600)

    async def put(number: int) -> None:
        event = _event("puts", round_, number)
        item = to_item(event, shards=options.shards, at=0, lifetimes=lifetimes, link_keys={})
        await connection.request("put_item", TableName=options.table, Item=item)

    await put(-1)
    rate = await _rate(put, BASELINE_TAKEN)
    await connection.close()
    return rate


async def _rate(take: Callable[[int], Awaitable[None]], events: int) -> float:
    numbers = iter(range(events))

    async def caller() -> None:
        for number in numbers:
            await take(number)

    started = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return events / (time.perf_counter() - started)


def _event(name: str, round_: int, number: int) -> Event:
    return Event(
        site=servers.SITE,
        time=1_790_000_000_000 + number,
        id=f"{name}-{round_}-{number}",
        type="pageview",
        visitor=number * 7919,
        host="shop.example",
        path="/plants/monstera",
        title="Monstera",
        sid="abcdef0123456789",
        source="Google",
        country="DE",
        device="desktop",
        browser="Firefox",
        os="Linux",
    )


def neighbours() -> Figure:
    with table() as store, nodes(store, 2) as (posted_to, watched):
        client = Client(posted_to, NEIGHBOURS, watched)
        latencies = uvloop.run(client.play())
    percentiles = statistics.quantiles(latencies, n=100)
    return Figure(
        name="event posted to one node → update pushed by another, at 50 events/s",
        value=percentiles[94],
        unit="ms (p95)",
        bar=1_500,
        sense="at most",
        details={
            "p50 ms": round(percentiles[49], 1),
            "worst ms": round(max(latencies), 1),
            "probes": NEIGHBOURS.probes,
        },
    )


def measure() -> list[Figure]:
    return [requests(), acceptance(), neighbours()]


if __name__ == "__main__":
    record("dynamodb", measure())
