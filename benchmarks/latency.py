"""Time from posting an event to the update that shows it, on a quiet and on a busy site.

It is measured from the moment the request is sent, so it includes the commit.
"""

import asyncio
import random
import statistics
import time
from itertools import count

import msgspec
import uvloop

from benchmarks import builds, servers, visitors
from benchmarks.connections import Poster, Subscriber
from benchmarks.figures import Figure, record

PROBE = visitors.Visitor("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                         "81.2.69.142")  # fmt: skip
POSTERS = 128
BEAT = 0.01
"""Seconds to sleep when the background events are ahead of their rate."""


class Scene(msgspec.Struct, frozen=True):
    subscribers: int
    events_per_second: int
    probes: int
    gap: tuple[float, float]
    """Shortest and longest pause between two probes (s)."""


QUIET = Scene(subscribers=1, events_per_second=0, probes=400, gap=(0.3, 0.4))
BUSY = Scene(subscribers=500, events_per_second=3_000, probes=60, gap=(0.4, 0.8))


class Client:
    def __init__(
        self, server: servers.Server, scene: Scene, watched: servers.Server | None = None
    ) -> None:
        """Posts to ``server`` and reads updates from ``watched``, by default the same server."""
        self.scene = scene
        self.posted = 0
        self._server = server
        self._watched = watched or server
        self._dice = random.Random(7)
        self._posters: list[Poster] = []
        self._subscribers: list[Subscriber] = []

    async def play(self) -> list[float]:
        """The latencies (ms) of every probe at every subscriber."""
        await self._connect()
        background = asyncio.create_task(self._background())
        try:
            sent = await self._probe()
            await self._until_seen(len(sent))
        finally:
            background.cancel()
            for poster in self._posters:
                poster.close()
            for subscriber in self._subscribers:
                subscriber.close()
        refused = sum(poster.refused for poster in self._posters)
        if refused:
            raise RuntimeError(f"{refused} events were refused")
        return [
            (seen - moment) * 1000
            for subscriber in self._subscribers
            for moment, seen in zip(sent, subscriber.seen, strict=True)
        ]

    async def _connect(self) -> None:
        loop = asyncio.get_running_loop()
        stream = (
            f"GET /api/analytics/sites/{servers.SITE}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Authorization: Bearer {self._watched.tokens['read']}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        ).encode()
        for _ in range(POSTERS):
            made = await loop.create_connection(Poster, "127.0.0.1", self._server.port)
            self._posters.append(made[1])
        for _ in range(self.scene.subscribers):
            opened = await loop.create_connection(
                lambda: Subscriber(stream), "127.0.0.1", self._watched.port
            )
            self._subscribers.append(opened[1])
        async with asyncio.timeout(30):
            for subscriber in self._subscribers:
                await subscriber.started.wait()

    async def _free_poster(self) -> Poster:
        while True:
            for poster in self._posters:
                if not poster.busy:
                    return poster
            await asyncio.sleep(0.001)

    async def _background(self) -> None:
        """Page views at the scene's rate, on average: after a delay they catch up."""
        if not self.scene.events_per_second:
            return
        beacons = visitors.beacons(servers.SITE, 20_000)
        started = time.perf_counter()
        for serial in count():
            due = started + serial / self.scene.events_per_second
            if due > time.perf_counter() + BEAT:
                await asyncio.sleep(BEAT)
            poster = await self._free_poster()
            beacon = beacons[serial % len(beacons)]
            poster.post(beacon.replace(visitors.ID, b"%012d" % serial))
            self.posted = serial + 1

    async def _probe(self) -> list[float]:
        sent = []
        for number in range(self.scene.probes):
            await asyncio.sleep(self._dice.uniform(*self.scene.gap))
            event = {"s": servers.SITE, "e": "event", "u": visitors.HOST + "/"}
            poster = await self._free_poster()
            sent.append(time.perf_counter())
            poster.post(
                visitors.beacon(PROBE, {**event, "id": f"p{number}", "p": {"name": "probe"}})
            )
        return sent

    async def _until_seen(self, probes: int) -> None:
        async with asyncio.timeout(30):
            while any(len(subscriber.seen) < probes for subscriber in self._subscribers):
                await asyncio.sleep(0.05)


def measured(scene: Scene) -> tuple[list[float], dict[str, float]]:
    """The latencies, and what describes them."""
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        client = Client(server, scene)
        started = time.perf_counter()
        latencies = uvloop.run(client.play())
        rate = client.posted / (time.perf_counter() - started)
    return latencies, {
        "p50 ms": round(statistics.median(latencies), 1),
        "worst ms": round(max(latencies), 1),
        "subscribers": scene.subscribers,
        "probes": scene.probes,
        "background events per second": round(rate),
    }


def figure(name: str, value: float, unit: str, bar: float, details: dict[str, float]) -> Figure:
    return Figure(name=name, value=value, unit=unit, bar=bar, sense="at most", details=details)


def p99(latencies: list[float]) -> float:
    return statistics.quantiles(latencies, n=100)[98]


def measure() -> list[Figure]:
    builds.require_compiled()
    quiet, about_quiet = measured(QUIET)
    busy, about_busy = measured(BUSY)
    name = "event posted → SSE update received, quiet site"
    at_load = "the same at 3,000 events/s with 500 subscribers"
    return [
        figure(name, p99(quiet), "ms (p99)", 30, about_quiet),
        figure("the same, worst of 400", max(quiet), "ms", 80, about_quiet),
        figure(at_load, p99(busy), "ms (p99)", 200, about_busy),
    ]


if __name__ == "__main__":
    record("latency", measure())
