"""What one visitor does, step by step, as the tracker in their browser would report it."""

import random
from collections.abc import Iterator

import msgspec

from footfall.demo.personas import SimulatedVisitor, choose
from footfall.demo.sitemap import AFTER_SIGNUP, PAGES, SIGNUP, Action
from footfall.model import EventType, Scalar

PING_SECONDS = 20
"""The tracker's interval while its tab is visible."""
TURN_SECONDS = 0.4
"""The time between leaving a page and seeing the next."""
GLANCE_AWAY = 0.12
"""Probability that a visitor switches to another program for a while, per page."""
MAX_STAY = 300.0
"""Seconds on one page, at most."""
MAX_PAGES = 20
MAX_CRAWLED = 4
VANISH = 0.08
"""Probability that the last tab ends without a leave: a dead battery, a lost network."""


class JourneyStep(msgspec.Struct, frozen=True, kw_only=True):
    """One report, ``at`` seconds after the first."""

    at: float
    type: EventType
    page: str
    sid: str
    referrer: str | None = None
    """A page of the shop, or the URL of another site."""
    query: str = ""
    props: dict[str, Scalar] | None = None


class _Tab(msgspec.Struct):
    page: str
    sid: str


def journey(visitor: SimulatedVisitor, rng: random.Random) -> Iterator[JourneyStep]:
    """The steps from the first page view until the last tab closes, in order; always finite."""
    if visitor.persona.robot:
        return _crawl(visitor, rng)
    return _Walk(visitor, rng).steps()


def _crawl(visitor: SimulatedVisitor, rng: random.Random) -> Iterator[JourneyStep]:
    """A bot that runs scripts: it views page after page, without pings and leaves."""
    page, at = visitor.landing, 0.0
    for _ in range(rng.randint(1, MAX_CRAWLED)):
        yield JourneyStep(at=at, type="pageview", page=page, sid=_new_sid(rng))
        page = choose(PAGES[page].onward, rng)
        at += rng.uniform(0.5, 2)


class _Walk:
    def __init__(self, visitor: SimulatedVisitor, rng: random.Random) -> None:
        self._visitor = visitor
        self._rng = rng
        self._now = 0.0
        self._pages_left = 1 + min(int(rng.expovariate(1 / visitor.persona.pages)), MAX_PAGES)

    def steps(self) -> Iterator[JourneyStep]:
        visitor = self._visitor
        tab = _Tab(visitor.landing, _new_sid(self._rng))
        yield self._view(tab, visitor.referrer or None, visitor.query)
        yield from self._browse(tab)
        if self._rng.random() >= VANISH:
            yield self._report(tab, "leave")

    def _browse(self, tab: _Tab) -> Iterator[JourneyStep]:
        """Everything between the first page view of this tab and its end."""
        while True:
            yield from self._stay(tab)
            self._pages_left -= 1
            if self._pages_left <= 0:
                break
            target = choose(PAGES[tab.page].onward, self._rng)
            if target != AFTER_SIGNUP and self._rng.random() < self._visitor.persona.tabs:
                yield from self._open_tab(tab, target)
            else:
                yield from self._follow(tab, target)

    def _follow(self, tab: _Tab, target: str) -> Iterator[JourneyStep]:
        before = tab.page
        if target == AFTER_SIGNUP:
            yield self._report(tab, "event", {"name": SIGNUP, "list": "letter"})
        if not (PAGES[before].spa and PAGES[target].spa):
            yield self._report(tab, "leave")
            tab.sid = _new_sid(self._rng)
            self._now += TURN_SECONDS
        tab.page = target
        yield self._view(tab, before)

    def _open_tab(self, tab: _Tab, target: str) -> Iterator[JourneyStep]:
        """Continue in a new tab, which hides this one, then return."""
        other = _Tab(target, _new_sid(self._rng))
        yield self._report(tab, "leave")
        self._now += TURN_SECONDS
        yield self._view(other, tab.page)
        yield from self._browse(other)
        yield self._report(other, "leave")
        yield self._return(tab)

    def _stay(self, tab: _Tab) -> Iterator[JourneyStep]:
        """Stay on a page for a while and perform some of its actions."""
        page = PAGES[tab.page]
        start = self._now
        seconds = min(page.seconds * self._rng.lognormvariate(0, 0.6), MAX_STAY)
        actions = [each for each in page.actions if self._rng.random() < each.share]
        moments = sorted(self._rng.uniform(0.3, 0.9) for _ in actions)
        for moment, action in zip(moments, actions, strict=True):
            yield from self._look(tab, start + moment * seconds)
            yield self._act(tab, action)
        if self._rng.random() < GLANCE_AWAY:
            yield self._report(tab, "leave")
            self._now += self._rng.lognormvariate(3, 0.8)
            yield self._return(tab)
        yield from self._look(tab, max(self._now, start + seconds))

    def _look(self, tab: _Tab, until: float) -> Iterator[JourneyStep]:
        """Only look at the page, with a ping every 20 s."""
        while self._now + PING_SECONDS < until:
            self._now += PING_SECONDS
            yield self._report(tab, "ping")
        self._now = until

    def _return(self, tab: _Tab) -> JourneyStep:
        self._now += TURN_SECONDS
        tab.sid = _new_sid(self._rng)
        return self._report(tab, "ping")

    def _act(self, tab: _Tab, action: Action) -> JourneyStep:
        if action.url:
            return self._report(tab, "outbound", {"url": action.url})
        return self._report(tab, "event", {"name": action.name, **action.props})

    def _view(self, tab: _Tab, referrer: str | None, query: str = "") -> JourneyStep:
        return JourneyStep(
            at=self._now,
            type="pageview",
            page=tab.page,
            sid=tab.sid,
            referrer=referrer,
            query=query,
        )

    def _report(
        self, tab: _Tab, kind: EventType, props: dict[str, Scalar] | None = None
    ) -> JourneyStep:
        return JourneyStep(at=self._now, type=kind, page=tab.page, sid=tab.sid, props=props)


def _new_sid(rng: random.Random) -> str:
    return f"{rng.getrandbits(64):016x}"
