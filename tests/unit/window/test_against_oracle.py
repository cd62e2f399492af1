"""Every number and list of the window, compared with the brute-force oracle."""

from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from footfall.model import Event
from footfall.window.backfill import TrafficBackfill
from footfall.window.limits import WindowLimits
from footfall.window.query import Filter, ViewQuery
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow
from tests.histories import MIDNIGHT, Shape, history, shuffled
from tests.oracle import Oracle

FILTERS: list[dict[str, str]] = [
    {},
    {"path": "/docs*"},
    {"country": "DE"},
    {"source": "Google"},
    {"source": "(unknown)", "device": "mobile"},
    {"path": "/", "browser": "Chrome"},
    {"campaign": "spring"},
    {"os": "Linux", "country": "(unknown)"},
    {"event": "signup"},
    {"goal": "Newsletter"},
    {"goal": "Newsletter", "event": "play"},
    {"goal": "Newsletter", "country": "DE"},
    {"event": "play", "source": "Google", "path": "/docs*"},
]


class Follower:
    """Folds events into a window and keeps them, to rebuild the window when it is disordered."""

    def __init__(self, site: str, now: int, limits: WindowLimits | None = None) -> None:
        self.site = site
        self.limits = limits or WindowLimits()
        self.log: list[Event] = []
        self.window = SiteWindow(self.limits, now)

    def take(self, event: Event) -> None:
        self.log.append(event)
        self.window.fold(event)
        if self.window.disordered:
            self.restart(self.window.now)

    def restart(self, now: int) -> None:
        window = SiteWindow(self.limits, now)
        for minutes, wanted in self.window.keys:
            window.open(minutes, wanted)
        window.postpone_views()
        for event in self.replay(now):
            window.fold(event)
        for view in window.views:
            while not window.fill(view, 3):
                pass
        assert not window.disordered, "a replay in order must not need another"
        self.window = window

    def replay(self, now: int) -> list[Event]:
        since = (now - self.limits.horizon) * 1000
        return sorted((e for e in self.log if e.time >= since), key=lambda e: (e.time, e.id))

    def document(self, minutes: int, wanted: dict[str, str], limit: int = 20) -> dict[str, Any]:
        query = ViewQuery(self.site, minutes, Filter(**wanted), limit)
        view = self.window.open(minutes, query.filter)
        while not self.window.fill(view, 3):
            pass
        traffic = self.window.traffic(query.filter)
        if not traffic.complete:
            backfill = TrafficBackfill(self.window, traffic)
            backfill.add(self.replay(self.window.now))
            backfill.finish()
        document: dict[str, Any] = msgspec.to_builtins(Reader(self.window, query).document())
        return document


def check(follower: Follower, now: int, minutes: list[int], filters: list[dict[str, str]]) -> None:
    follower.window.advance(now)
    retention = follower.limits.retention_minutes
    oracle = Oracle(follower.log, follower.site, follower.window.now, retention_minutes=retention)
    for length in minutes:
        for wanted in filters:
            seen = follower.document(length, wanted)
            assert seen == oracle.document(length, wanted), (length, wanted)


@settings(max_examples=60, deadline=None, phases=[Phase.generate])
@given(
    seed=st.integers(0, 2**32),
    events=st.integers(1, 60),
    span=st.sampled_from((30, 120, 1200, 4000)),
    start=st.sampled_from((-60, -900, 0, 1700, 5000)),
)
def test_any_history_in_any_order_matches_the_oracle(
    seed: int, events: int, span: int, start: int
) -> None:
    random = Random(seed)
    shape = Shape(events=events, people=4, start=MIDNIGHT + start, span=span, repeats=0.5)
    arriving = shuffled(random, history(random, shape))
    follower = Follower("a", shape.start)
    for event in arriving:
        if event.site == "a":
            follower.take(event)
        if random.random() < 0.1:
            length, wanted = random.choice((1, 5, 30)), random.choice(FILTERS)
            follower.document(length, wanted)
    now = max(shape.start + shape.span, follower.window.now)
    filters = [{}, *random.sample(FILTERS, 2)]
    check(follower, now - 1, [1, 5, 30], filters)
    check(follower, now + random.randrange(90), [1, 30], filters)
    check(follower, now + 1790, [30], filters)


@pytest.mark.parametrize("seed", range(3))
def test_long_histories_with_restarts_match_the_oracle(seed: int) -> None:
    random = Random(seed)
    shape = Shape(events=5000, people=300, span=5400, start=MIDNIGHT - 2700)
    followers = [Follower(site, shape.start) for site in "ab"]
    arriving = shuffled(random, history(random, shape))
    for number, event in enumerate(arriving):
        follower = followers["ab".index(event.site)]
        follower.take(event)
        if number in (1200, 2500, 4100):
            for each in followers:
                each.restart(each.window.now)
                check(each, each.window.now + 1, [1, 5, 30], FILTERS[:3])
    for follower in followers:
        check(follower, follower.window.now, list(range(1, 31)), FILTERS[:1])
        check(follower, follower.window.now, [1, 5, 17, 30], FILTERS[1:])


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(seed=st.integers(0, 2**32), span=st.sampled_from((100, 1500, 3500)))
def test_order_repetition_and_restart_do_not_change_the_document(seed: int, span: int) -> None:
    random = Random(seed)
    shape = Shape(events=80, people=5, span=span, start=MIDNIGHT - 600, repeats=0.6)
    events = [event for event in history(random, shape) if event.site == "a"]
    documents = []
    for _ in range(3):
        follower = Follower("a", shape.start)
        order = events + random.choices(events, k=20) if events else []
        random.shuffle(order)
        for event in order:
            follower.take(event)
            if random.random() < 0.02:
                follower.restart(follower.window.now)
        follower.window.advance(shape.start + span)
        documents.append([follower.document(minutes, {}) for minutes in (1, 5, 30)])
    assert documents[0] == documents[1] == documents[2]


@pytest.mark.parametrize(
    ("first", "second", "restart"),
    [(10, 30, 900), (10, 60, 2100), (30, 60, 2100), (30, 60, 3000), (60, 10, 300), (60, 30, 900)],
)
@pytest.mark.parametrize("seed", range(4))
def test_a_restart_with_another_retention_keeps_one_person_one_visitor(
    seed: int, first: int, second: int, restart: int
) -> None:
    """A process links the two days around midnight only for as long as its own retention."""
    random = Random(seed)
    shape = Shape(events=70, people=4, start=MIDNIGHT - 1800, span=5400, retention_minutes=60)
    changed = MIDNIGHT + restart
    follower = Follower("a", shape.start, WindowLimits(retention_minutes=first))
    for event in history(random, shape):
        time = event.time // 1000
        if event.site != "a":
            continue
        if time >= changed and follower.limits.retention_minutes == first:
            follower.limits = WindowLimits(retention_minutes=second)
            follower.restart(changed)
        linked = time % 86_400 < follower.limits.retention_minutes * 60
        follower.take(event if linked else msgspec.structs.replace(event, previous_visitor=None))
        if random.random() < 0.1:
            follower.document(random.choice((1, 5, 10)), random.choice(FILTERS))
    minutes = [1, 5, follower.limits.retention_minutes]
    check(follower, follower.window.now + random.randrange(90), minutes, FILTERS[:4])
    check(follower, follower.window.now + 1800, minutes[-1:], FILTERS[:1])
