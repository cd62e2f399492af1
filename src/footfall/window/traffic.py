"""The events that match one filter: per second, per minute, and the newest."""

from footfall.model import Event
from footfall.window.feed import Feed
from footfall.window.minutes import Minutes
from footfall.window.query import Filter, compile_filter, event_dimensions
from footfall.window.view import SecondCounts, View


class Traffic:
    """Shared by all views with this filter, whatever their minutes.

    ``complete`` is False while the events from before the filter was first requested are being
    replayed from the log.
    """

    def __init__(self, wanted: Filter, retention_minutes: int, now: int) -> None:
        self.filter = wanted
        self.matches = compile_filter(wanted)
        self.complete = True
        self.views: list[View] = []
        self.seconds: dict[int, SecondCounts] = {}
        self.minutes = Minutes(retention_minutes, now)
        self.feed = Feed()

    def attach(self, view: View) -> None:
        """Add the counts of the view's interval so far, and keep it up to date from now on."""
        for second, counts in self.seconds.items():
            if second > view.expired_through:
                view.add_counts(counts)
        self.views.append(view)

    def accepts(self, event: Event) -> bool:
        return self.matches is None or self.matches(event_dimensions(event))

    def add(self, event: Event, second: int, visitor: int | None) -> None:
        """Count an event that matches and is not a repetition; ``visitor`` is the window's key."""
        kind = event.type
        page_views = 1 if kind == "pageview" else 0
        self.minutes.add(visitor, second, page_views)
        if kind == "ping":
            return
        self.feed.add(event)
        counts = self.seconds.get(second)
        if counts is None:
            counts = self.seconds[second] = SecondCounts()
        counts.page_views += page_views
        named = kind == "event" or event.goals
        if named:
            counts.count_names(event)
        for view in self.views:
            if second > view.expired_through:
                view.page_views += page_views
                if named:
                    view.count_names(event)

    def advance(self, second: int, retention: int) -> None:
        self.minutes.advance(second)
        self.feed.forget(second - retention)
        self.seconds.pop(second - retention, None)
