"""The windows of all sites, and the offset up to which they are folded."""

from collections.abc import Callable
from typing import NamedTuple

from footfall.live.ahead import AheadEvents
from footfall.live.quarantine import Quarantine
from footfall.live.turns import Turns
from footfall.model import DEFAULT_MINUTES, Event, Offset
from footfall.times import MAX_AHEAD_MS
from footfall.window.limits import Losses, WindowLimits
from footfall.window.query import Filter
from footfall.window.site import SiteWindow


class Counters(NamedTuple):
    current_visitors: int
    present_visitors: int
    page_views: int


class Windows:
    """``offset`` is the place in the log up to which all windows are folded.

    Whoever replays a site's log, for a new filter or to rebuild its window, takes one of ``turns``.
    """

    def __init__(self, limits: WindowLimits, now: Callable[[], int]) -> None:
        """``now`` returns whole seconds since the epoch."""
        self.limits = limits
        self.offset: Offset = 0
        self.turns = Turns()
        self._now = now
        self._newest = 0
        self.quarantine = Quarantine()
        self.ahead = AheadEvents()
        self._by_site: dict[str, SiteWindow] = {}
        self._past_losses = Losses()

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that have a window."""
        return tuple(self._by_site)

    def __contains__(self, site: str) -> bool:
        return site in self._by_site

    def get(self, site: str) -> SiteWindow:
        """The site's window; a new one if it has none yet."""
        window = self._by_site.get(site)
        if window is None:
            window = self._by_site[site] = self.new()
        return window

    def new(self) -> SiteWindow:
        return SiteWindow(self.limits, self.now())

    def now(self) -> int:
        """The node's time, in whole seconds since the epoch."""
        second = self._now()
        self._newest = max(self._newest, second)
        return second

    def clock_was_set_back(self) -> bool:
        """Whether the clock shows less than it did, by more than clocks may differ: windows have
        forgotten what lies ahead again. True only once for each time."""
        newest, self._newest = self._newest, self._now()
        return newest > self._newest + MAX_AHEAD_MS // 1000

    def holds(self, event: Event) -> bool:
        """Whether an event up to ``offset`` was folded: it was not set aside."""
        if not (self.quarantine or self.ahead):
            return True
        return event not in self.quarantine and event not in self.ahead

    @property
    def latest(self) -> int:
        """The latest time (ms) that an event may have now; a later one waits in ``ahead``."""
        return self.now() * 1000 + 999 + MAX_AHEAD_MS

    def put(self, site: str, window: SiteWindow) -> None:
        self.drop(site)
        self._by_site[site] = window

    def drop(self, site: str) -> None:
        window = self._by_site.pop(site, None)
        if window is not None:
            self._past_losses = _sum(self._past_losses, window.losses)

    def counters(self, site: str) -> Counters:
        """The live numbers of the site now, in the default window without a filter."""
        window = self._by_site.get(site)
        if window is None:
            return Counters(0, 0, 0)
        window.advance(self.now())
        view = window.open(DEFAULT_MINUTES, Filter())
        return Counters(view.visitors, view.present, view.page_views)

    @property
    def losses(self) -> Losses:
        """The sum over all windows, including dropped ones."""
        total = self._past_losses
        for window in self._by_site.values():
            total = _sum(total, window.losses)
        return total

    @property
    def visitors(self) -> int:
        """How many visitors the windows hold."""
        return sum(len(window.population) for window in self._by_site.values())


def _sum(one: Losses, other: Losses) -> Losses:
    return Losses(
        visitors=one.visitors + other.visitors,
        values=one.values + other.values,
        ids=one.ids + other.ids,
        sessions=one.sessions + other.sessions,
    )
