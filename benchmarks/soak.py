"""A day in fast motion: visitors, sites, and viewers who come and go, on an injected clock.

``python -m benchmarks.soak VISITORS SITES HOURS`` plays another day, and records nothing. Every
second of the day passes for each site that has events, so a day of 5,000 sites takes an hour or
two.
"""

import asyncio
import gc
import random
import sys
import time
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import accumulate

import msgspec
import uvloop

from benchmarks.crowd import resident_bytes
from benchmarks.figures import Figure, record
from footfall.app import Application, create_app, retention_policy
from footfall.engines.open import Store, open_store
from footfall.live.subscription import Subscription
from footfall.model import Event, EventType, Site
from footfall.principal import HOLDER
from footfall.settings import Settings
from footfall.times import DAY_MS
from footfall.window.query import Filter, ViewQuery
from tests.serving import Clock, running

START = 1_790_035_200
"""2026-09-22T00:00:00Z, in seconds. The day begins at noon, so that midnight falls into it."""
NOON = START + 43_200
VISIT: tuple[tuple[int, EventType], ...] = (
    (0, "pageview"), (25, "pageview"), (50, "event"), (60, "ping"), (75, "leave")
)  # fmt: skip
"""Seconds after a visitor's arrival."""
BRIDGE_MS = 30 * 60_000
COUNTRIES = ("US", "DE", "FR", "IN", "BR", "JP")
BROWSERS = ("Chrome", "Safari", "Firefox", "Edge")
CHURN_SECONDS = 10
VIEWERS = 40
SILENCE = 45 * 60
"""Seconds after which nothing that was folded matters any more."""
MASK = (1 << 63) - 1


class Day(msgspec.Struct, frozen=True):
    visitors: int
    sites: int
    hours: int

    @property
    def seconds(self) -> int:
        return self.hours * 3600


class Crowd:
    """The events of each second: visitors arrive evenly, a few sites get most of them."""

    def __init__(self, day: Day) -> None:
        self._day = day
        self._weights = list(accumulate(1 / (number + 1) for number in range(day.sites)))

    def second(self, second: int) -> list[Event]:
        """The events ``second`` seconds after noon."""
        return [
            self._event(visitor, kind, NOON + second)
            for delay, kind in VISIT
            for visitor in self._arrivals(second - delay)
        ]

    def _arrivals(self, second: int) -> range:
        if not 0 <= second < self._day.seconds:
            return range(0)
        visitors, seconds = self._day.visitors, self._day.seconds
        return range(visitors * second // seconds, visitors * (second + 1) // seconds)

    def _event(self, visitor: int, kind: EventType, second: int) -> Event:
        noise = visitor * 0x9E3779B97F4A7C15 & MASK
        site = bisect(self._weights, noise / MASK * self._weights[-1])
        now = second * 1000 + noise % 1000
        today = now // DAY_MS
        arrives = kind == "pageview" and noise % 3 == 0
        return Event(
            site=site_id(min(site, self._day.sites - 1)),
            time=now,
            id=f"{noise:x}-{second}",
            type=kind,
            visitor=noise ^ today,
            host="www.example.com",
            path=f"/page/{noise % 97}-{second % 5}",
            previous_visitor=noise ^ (today - 1) if now % DAY_MS < BRIDGE_MS else None,
            sid=f"{noise:016x}",
            title="A page",
            name=f"event {noise % 50}" if kind == "event" else None,
            source=("Google", "Direct", "Bing")[noise % 7 % 3] if arrives else None,
            country=COUNTRIES[noise % 11 % 6],
            device="mobile",
            browser=BROWSERS[noise % 13 % 4],
            os="Android",
        )


def site_id(number: int) -> str:
    return f"site-{number}"


class Viewers:
    """Subscribers who stay for a few minutes, and readers who ask once."""

    def __init__(self, app: Application, day: Day) -> None:
        self._app = app
        self._day = day
        self._dice = random.Random(7)
        self._open: list[Subscription] = []
        self._readers: set[asyncio.Task[None]] = set()

    async def churn(self) -> None:
        if len(self._open) >= VIEWERS:
            self._open.pop(self._dice.randrange(len(self._open))).end(1000, "")
        subscription = await self._app.hub.subscribe(self._query(), HOLDER)
        self._open.append(subscription)
        reader = asyncio.create_task(read(subscription))
        self._readers.add(reader)
        reader.add_done_callback(self._readers.discard)
        await self._app.hub.document(self._query(), HOLDER)

    def leave(self) -> None:
        for subscription in self._open:
            subscription.end(1000, "")

    def _query(self) -> ViewQuery:
        dice = self._dice
        wanted = dice.choice(
            (
                Filter(),
                Filter(country=dice.choice(COUNTRIES)),
                Filter(path=f"/page/{dice.randrange(97)}*"),
            )
        )
        site = site_id(int(self._day.sites ** dice.random()) - 1)
        return ViewQuery(site, dice.choice((1, 5, 30)), wanted)


async def read(subscription: Subscription) -> None:
    async for _ in subscription:
        pass


async def fold(app: Application, events: Sequence[Event]) -> None:
    """Append events, and wait until the windows have them."""
    await app.services.event_log.append(events)
    while app.life.parts.node.lag_seconds() > 0:
        await asyncio.sleep(0)


class Sample(msgspec.Struct):
    """Taken every simulated hour."""

    hour: int
    resident_mb: int
    visitors: int
    views: int
    p99_ms: float
    """Processor time of a simulated second: a server would lag if it were above 1,000."""


class Soak:
    def __init__(self, day: Day) -> None:
        self._day = day
        self._crowd = Crowd(day)
        self._settings = Settings()
        self._clock = Clock(NOON * 1000)
        self._times: list[float] = []
        self.samples: list[Sample] = []

    async def run(self) -> int:
        """Returns how many windows, visitors and views are left after the silence."""
        store = open_store("memory://")
        for number in range(self._day.sites):
            await store.catalog.put_site(Site(id=site_id(number), name=site_id(number)))
        app = create_app(self._settings, store, self._clock, timer=self._timer)
        async with running(app):
            viewers = Viewers(app, self._day)
            for second in range(self._day.seconds):
                await self._pass(app, store, second, self._crowd.second(second), viewers)
                if (second + 1) % 3600 == 0:
                    self._sample(app, (second + 1) // 3600)
            viewers.leave()
            for second in range(self._day.seconds, self._day.seconds + SILENCE):
                await self._pass(app, store, second, self._crowd.second(second), None)
            self._sample(app, self._day.hours + 1)
            return len(app.hub.windows.sites) + app.hub.windows.visitors + app.hub.channels

    def _timer(self) -> float:
        return self._clock.now / 1000

    async def _pass(
        self,
        app: Application,
        store: Store,
        second: int,
        events: Sequence[Event],
        viewers: Viewers | None,
    ) -> None:
        self._clock.now = (NOON + second) * 1000 + 999
        started = time.process_time()
        await fold(app, events)
        list(app.hub.pass_second(NOON + second))
        self._times.append(time.process_time() - started)
        if second % 60 == 0:
            policy = retention_policy(self._settings, durable=False)
            while await store.event_log.prune(policy.cutoffs(self._clock())):
                pass
        if viewers is not None and second % CHURN_SECONDS == 0:
            await viewers.churn()

    def _sample(self, app: Application, hour: int) -> None:
        gc.collect()
        times = sorted(self._times)
        self._times = []
        sample = Sample(
            hour=hour,
            resident_mb=resident_bytes() // 2**20,
            visitors=app.hub.windows.visitors,
            views=app.hub.channels,
            p99_ms=round(times[int(len(times) * 0.99)] * 1000, 2),
        )
        self.samples.append(sample)
        print(f"  {msgspec.json.encode(sample).decode()}", flush=True)


def measure(day: Day) -> list[Figure]:
    soak = Soak(day)
    left = uvloop.run(soak.run())
    *busy, _ = soak.samples
    return list(figures(day, busy, soak.samples, left))


def figures(
    day: Day, busy: Sequence[Sample], samples: Sequence[Sample], left: int
) -> Iterator[Figure]:
    """The first two hours fill the windows; the last hour is compared with the third."""
    first, last = busy[min(2, len(busy) - 1)], busy[-1]
    details = {"day": msgspec.to_builtins(day), "hours": msgspec.to_builtins(samples)}
    yield Figure(
        name="memory at the end of a day in fast motion, against its third hour",
        value=last.resident_mb / first.resident_mb,
        unit="times",
        bar=1.1,
        sense="at most",
        details=details,
    )
    yield Figure(
        name="time of a simulated second then, against the third hour (p99)",
        value=last.p99_ms / first.p99_ms,
        unit="times",
        bar=1.25,
        sense="at most",
    )
    yield Figure(
        name="windows, visitors and views left 45 minutes after the last event",
        value=left,
        unit="left",
        bar=0,
        sense="at most",
    )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        given = Day(*map(int, sys.argv[1:]))
        print(msgspec.json.format(msgspec.json.encode(measure(given))).decode())
    else:
        record("soak", measure(Day(visitors=1_000_000, sites=5_000, hours=24)))
