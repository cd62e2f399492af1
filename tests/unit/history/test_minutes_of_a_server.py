"""A server keeps the minutes, also those that passed while it was down."""

import asyncio
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from footfall.engines.open import Store, open_store
from footfall.history import backfill
from footfall.history.backfill import MinuteBackfill
from footfall.history.recorder import MinuteRecorder
from footfall.live.hub import Hub, LiveOptions
from footfall.live.node import Node
from footfall.live.windows import Windows
from footfall.model import Event, MinuteCounts, Site
from footfall.window.limits import WindowLimits
from tests.events import event
from tests.histories import Shape, history
from tests.oracle import minute_counts
from tests.serving import PATIENCE, START, Clock, new_app, running

LIMITS = WindowLimits()


class Server:
    """The parts of one life of a server that keep the minutes, on an injected clock."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store, self.clock = store, clock
        self.recorder = MinuteRecorder(store.minutes)
        self.backfill = MinuteBackfill(store.event_log, store.minutes, LIMITS, clock)
        windows = Windows(LIMITS, lambda: clock() // 1000)
        hub = Hub(store.event_log, windows, LiveOptions(), str, on_minutes=self.recorder.add)
        self.node = Node(store.event_log, hub, lambda: ("a", "b"), clock, lambda: None)

    async def start(self) -> int:
        """Returns the first minute that it records by itself."""
        await self.node.start()
        first = self.clock() // 60_000 + 1
        self.recorder.start(first, "ab")
        return first

    async def live(self, events: list[Event], until: int) -> None:
        """Take ``events`` when they happen, until second ``until``."""
        coming = iter(events)
        following = next(coming, None)
        while self.clock() // 1000 < until:
            end = (self.clock() // 1000 + 1) * 1000
            while following is not None and following.time < end:
                self.clock.now = max(self.clock(), following.time)
                await self._take(following)
                following = next(coming, None)
            self.clock.now = end
            for _ in self.node.pass_second():
                pass

    async def _take(self, event: Event) -> None:
        folded = self.node.folded + 1
        await self.store.event_log.append([event])
        while self.node.folded < folded:  # noqa: ASYNC110 - the node follows the log by itself
            await asyncio.sleep(0)

    async def killed(self) -> None:
        """Nothing that waits is stored."""
        await self.recorder.stop()
        await self.node.stop()


async def kept_over_lives(
    random: Random, events: list[Event], start: int, lives: list[tuple[int, int]]
) -> list[MinuteCounts]:
    """The minutes that are kept when a server lives from each first to each second second."""
    store, clock, end = open_store("memory://"), Clock(start * 1000), start
    server = Server(store, clock)
    for begin, end in lives:
        clock.now = begin * 1000
        server = Server(store, clock)
        first = await server.start()
        await server.live([each for each in events if begin <= each.time // 1000 < end], end)
        if random.random() < 0.8:
            await server.backfill.fill("a", min(first, end // 60))
            server.recorder.release("a")
            await server.recorder.store_waiting()
        await server.killed()
    await server.backfill.fill("a", end // 60)
    await store.close()
    return await store.minutes.read("a", 0, end)


@settings(max_examples=20, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32))
def test_minutes_are_the_same_however_often_the_server_is_killed(seed: int) -> None:
    random, shape = Random(seed), Shape(events=150, span=4_000)
    start, end = shape.start, shape.start + 6_000
    lives, begin = [], start
    while begin < end:
        until = min(end, begin + random.randrange(1, 2_500))
        lives.append((begin, until))
        begin = until + random.choice((0, 1, 59, 60, 200, 900))
    events = [
        each
        for each in history(random, shape)
        if each.site == "a" and any(a <= each.time // 1000 < b for a, b in lives)
    ]
    seen = asyncio.run(kept_over_lives(random, events, start, lives))
    last = lives[-1][1] // 60
    expected = [minute_counts(events, "a", minute) for minute in range(start // 60, last)]
    assert seen == [each for each in expected if each is not None]


@pytest.mark.parametrize("has_history", [True, False])
async def test_a_server_keeps_them_if_it_is_asked_to(
    has_history: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backfill, "SETTLE_S", 0)
    clock = Clock(START - START % 60_000 + 59_900)
    app = new_app(clock, history=has_history)
    parts = app.life.parts
    await parts.store.catalog.put_site(Site(id="a", name="A"))
    minute = clock() // 60_000
    await parts.store.event_log.append([event(1, time=clock() - 120_000)])
    async with running(app):
        clock.now += 1_000
        await parts.store.event_log.append([event(2, time=clock())])
        async with asyncio.timeout(PATIENCE):
            while parts.node.folded < 1:  # noqa: ASYNC110 - the node follows the log by itself
                await asyncio.sleep(0)
            while clock() < (minute + 2) * 60_000 + 10_000:  # idle windows pass ten seconds at once
                clock.now += 1_000
                for _ in parts.node.pass_second():
                    pass
            while has_history and parts.recorder.stored < 1:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        kept = await parts.store.minutes.read("a", 0, minute + 2)
    counts = {each.minute - minute: (each.current_visitors, each.page_views) for each in kept}
    assert counts == ({-2: (1, 1), -1: (1, 0), 0: (1, 0), 1: (2, 1)} if has_history else {})
