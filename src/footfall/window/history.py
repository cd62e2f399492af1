"""Completing a filter's traffic from the log, when it is first asked for."""

from collections.abc import Iterable

from footfall.model import Event
from footfall.window.limits import Losses
from footfall.window.sightings import Sightings
from footfall.window.site import SIGNALS, SiteWindow
from footfall.window.traffic import Traffic


class History:
    """Feeds the past into a traffic that already gets the present.

    Takes the site's events of one horizon ordered by (time, id), up to the moment at which the
    traffic was opened; later ones reach it through the window's fold.
    """

    def __init__(self, window: SiteWindow, traffic: Traffic) -> None:
        self._window = window
        self._traffic = traffic
        # Losses are the window's to report; this pass sees the same events a second time.
        self._sightings = Sightings(window.limits.max_ids, Losses())

    def add(self, events: Iterable[Event]) -> None:
        window, traffic = self._window, self._traffic
        oldest = window.now - window.limits.retention
        for event in events:
            if event.type == "leave" or not self._counts(event):
                continue
            second = event.time // 1000
            if second > oldest and traffic.takes(event):
                visitor = window.population.find(event)
                traffic.add(event, second, visitor.key if visitor is not None else None)

    def finish(self) -> None:
        self._traffic.complete = True

    def _counts(self, event: Event) -> bool:
        return event.type in SIGNALS or self._sightings.see(event.id, event.time)
