"""Many visitors at once, in simulated time: the events that they report.

Nothing here waits or reads a clock, and all randomness comes from one generator: the same seed and
the same times give the same reports.
"""

import heapq
import random
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

from footfall.demo.journeys import JourneyStep, journey
from footfall.demo.personas import SimulatedVisitor, visitor
from footfall.demo.sitemap import path_of, title_of
from footfall.model import SIGNALS, Scalar

EventBody: TypeAlias = dict[str, str | int | dict[str, Scalar]]
"""One event of a request to /collect, as JSON values."""


class Report(msgspec.Struct, frozen=True):
    body: EventBody
    do_not_track: bool
    """Sent as a header, so the report can't share a request with others."""


class _Guest(msgspec.Struct):
    visitor: SimulatedVisitor
    steps: Iterator[JourneyStep]
    arrived: float


class Crowd:
    """Visitors of ``site``, whose pages are at ``base_url``."""

    def __init__(self, site: str, base_url: str, rng: random.Random) -> None:
        self._site = site
        self._base_url = base_url.rstrip("/")
        self._rng = rng
        self._due: list[tuple[float, int, JourneyStep, _Guest]] = []
        self._serial = 0
        self._owed = 0.0

    def __len__(self) -> int:
        """How many visitors are on the site."""
        return len(self._due)

    def until(self, now: float, quota: float) -> list[Report]:
        """The reports up to ``now`` (seconds), which must not decrease between calls.

        New visitors arrive so that each call returns ``quota`` reports on average; none arrive
        while the present visitors report more than that.
        """
        reports = []
        while self._due and self._due[0][0] <= now:
            _, _, step, guest = heapq.heappop(self._due)
            reports.append(self._report(step, guest.visitor))
            self._expect_next(guest)
        self._owed += quota - len(reports)
        while self._owed >= 1:
            reports.append(self._welcome(now))
            self._owed -= 1
        return reports

    def _welcome(self, now: float) -> Report:
        newcomer = visitor(self._rng)
        guest = _Guest(newcomer, journey(newcomer, self._rng), now)
        first = next(guest.steps)
        self._expect_next(guest)
        return self._report(first, newcomer)

    def _expect_next(self, guest: _Guest) -> None:
        step = next(guest.steps, None)
        if step is not None:
            self._serial += 1
            heapq.heappush(self._due, (guest.arrived + step.at, self._serial, step, guest))

    def _report(self, step: JourneyStep, who: SimulatedVisitor) -> Report:
        body: EventBody = {
            "s": self._site,
            "e": step.type,
            "u": self._url(step.page) + step.query,
            "sid": step.sid,
            "ip": who.address,
            "ua": who.browser.user_agent,
        }
        if step.type not in SIGNALS:
            body["id"] = f"{self._rng.getrandbits(96):024x}"
        if step.type == "pageview":
            body |= {
                "t": title_of(step.page),
                "sw": who.browser.width,
                "sh": who.browser.height,
            }
        if step.referrer:
            inside = step.referrer.startswith("/")
            body["r"] = self._url(step.referrer) if inside else step.referrer
        if step.props:
            body["p"] = step.props
        return Report(body, who.do_not_track)

    def _url(self, page: str) -> str:
        return self._base_url + path_of(page)
