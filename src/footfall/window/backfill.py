"""Completes a filter's traffic from the log, when the filter is first requested."""

from collections.abc import Iterable

from footfall.model import SIGNALS, Event
from footfall.window.site import SiteWindow
from footfall.window.traffic import Traffic


class TrafficBackfill:
    """Adds past events to a ``Traffic`` that already gets the new ones.

    Takes the site's events of one horizon ordered by (time, id), up to the time at which the
    traffic was opened; later ones reach it through the window's fold.
    """

    def __init__(self, window: SiteWindow, traffic: Traffic) -> None:
        self._window = window
        self._traffic = traffic
        self._last = (-1, "")

    def add(self, events: Iterable[Event]) -> None:
        window, traffic = self._window, self._traffic
        oldest = window.now - window.limits.retention
        for event in events:
            if event.type == "leave" or not self._counts(event):
                continue
            second = event.time // 1000
            if second <= oldest:
                continue
            visitor = window.population.find(event)
            if traffic.accepts(event):
                traffic.add(event, second, visitor)
            if visitor is not None:
                window.note_deed(traffic, event, second, visitor)

    def finish(self) -> None:
        self._traffic.complete = True

    def _counts(self, event: Event) -> bool:
        """The window has seen all of these events, and knows which were repetitions; of the same
        event stored twice, one follows the other."""
        if event.type in SIGNALS:
            return True
        last, self._last = self._last, (event.time, event.id)
        return last != self._last and self._window.counted(event)
