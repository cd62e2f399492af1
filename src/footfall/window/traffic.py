"""The events that match one filter: per second, per minute, and the newest."""

from footfall.model import Event
from footfall.window.deeds import Deeds, compile_deed
from footfall.window.feed import Feed
from footfall.window.limits import Losses, WindowLimits
from footfall.window.minutes import ActiveMinutes, Minutes
from footfall.window.query import (
    OTHER,
    UNKNOWN,
    Dimensions,
    Filter,
    compile_filter,
    event_dimensions,
)
from footfall.window.view import SecondCounts, View
from footfall.window.visitor import Visitor


class Traffic:
    """Shared by all views with this filter, whatever their minutes.

    ``complete`` is False while the events from before the filter was first requested are being
    replayed from the log.
    """

    def __init__(self, wanted: Filter, limits: WindowLimits, losses: Losses, now: int) -> None:
        self.filter = wanted
        self.matches = compile_filter(wanted)
        deed = compile_deed(wanted)
        self.deeds = None if deed is None else Deeds(deed)
        self.complete = True
        self.views: list[View] = []
        self.seconds: dict[int, SecondCounts] = {}
        self.minutes = Minutes(limits.retention_minutes, now)
        self._active: dict[int, ActiveMinutes] = {}
        """By visitor's key. Without a filter, visitors have theirs themselves."""
        self._max_names = limits.max_values
        self._losses = losses
        self._names: dict[str, int] = {}
        """The seconds of the retention in which each name of a custom event happened."""
        self.feed = Feed()

    def attach(self, view: View) -> None:
        """Add the counts of the view's interval so far, and keep it up to date from now on."""
        for second, counts in self.seconds.items():
            if second > view.expired_through:
                view.add_counts(counts)
        self.views.append(view)

    def accepts(self, event: Event) -> bool:
        return self.takes(event, event_dimensions(event))

    def takes(self, event: Event, dimensions: Dimensions) -> bool:
        """Whether the event, with these dimensions of its own, matches."""
        if self.matches is not None and not self.matches(dimensions):
            return False
        return self.deeds is None or self.deeds.matches(event)

    def add(self, event: Event, second: int, visitor: Visitor | None) -> None:
        """Count an event that matches and is not a repetition; ``visitor`` is None when the visitor
        did not fit the window."""
        kind = event.type
        page_views = 1 if kind == "pageview" else 0
        self.minutes.add(self._active_minutes(visitor), second, page_views)
        if kind == "ping":
            return
        self.feed.add(event)
        counts = self.seconds.get(second)
        if counts is None:
            counts = self.seconds[second] = SecondCounts()
        counts.page_views += page_views
        name = self._name(event, counts) if kind == "event" else None
        goals = event.goals
        named = name is not None or bool(goals)
        if named:
            counts.count_names(name, goals)
        for view in self.views:
            if second > view.expired_through:
                view.page_views += page_views
                if named:
                    view.count_names(name, goals)

    def merge(self, old: int, new: int) -> None:
        """The visitors with these keys turned out to be one."""
        was = self._active.pop(old, None)
        if was is None:
            return
        known = self._active.setdefault(new, was)
        if known is not was:
            self.minutes.uncount(known.merge_minutes(was))

    def _forget(self, visitors: list[Visitor]) -> None:
        if self._active:
            for visitor in visitors:
                self._active.pop(visitor.key, None)

    def advance(self, second: int, retention: int, gone_visitors: list[Visitor]) -> None:
        """``gone_visitors`` have left the retention with this second."""
        self.minutes.advance(second)
        if self.deeds is not None:
            self.deeds.forget(second - retention, gone_visitors)
        self._forget(gone_visitors)
        self.feed.forget(second - retention)
        gone = self.seconds.pop(second - retention, None)
        if gone is not None and gone.events:
            self._forget_names(gone)

    def _active_minutes(self, visitor: Visitor | None) -> ActiveMinutes | None:
        if visitor is None or (self.matches is None and self.deeds is None):
            return visitor
        active = self._active.get(visitor.key)
        if active is None:
            active = self._active[visitor.key] = ActiveMinutes()
        return active

    def _name(self, event: Event, counts: SecondCounts) -> str:
        """The name under which a custom event counts: past the cap, ``(other)``."""
        name, names = event.name or UNKNOWN, self._names
        if name not in names and len(names) >= self._max_names:
            self._losses.values += 1
            name = OTHER
        if name not in counts.events:
            names[name] = names.get(name, 0) + 1
        return name

    def _forget_names(self, gone: SecondCounts) -> None:
        for name in gone.events:
            self._names[name] -= 1
            if not self._names[name]:
                del self._names[name]
