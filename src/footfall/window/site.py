"""The sliding window of one site: a commutative, idempotent fold over its events.

The document at second *t* depends only on the set of events later than ``t - horizon``: not on
their order, their repetition or when they arrived. Time is a parameter; the window's clock is the
later of the last ``advance`` and the newest event.
"""

from collections import deque
from collections.abc import Iterator
from typing import TypeAlias

from footfall.model import DEFAULT_MINUTES, SIGNALS, Event, MinuteCounts
from footfall.window.active import ActiveSeconds
from footfall.window.concerned import Concerned
from footfall.window.deduplicator import Deduplicator
from footfall.window.limits import Losses, WindowLimits
from footfall.window.population import Population
from footfall.window.presence import Presence, PresenceChanges
from footfall.window.query import Dimensions, Filter, event_dimensions
from footfall.window.traffic import Traffic
from footfall.window.view import View
from footfall.window.visitor import Visitor

NEVER = 1 << 62
"""Later than every second."""
MAX_PASSED = 240
"""Minutes that wait to be taken, at most."""
ViewKey: TypeAlias = tuple[int, Filter]
"""(minutes, filter)"""


class SiteWindow:
    """Fold events with ``fold``, move time with ``advance``, read through views.

    The unfiltered view of ``DEFAULT_MINUTES`` is always open. All seconds are whole seconds
    since the epoch.
    """

    def __init__(self, limits: WindowLimits, now: int) -> None:
        self.limits = limits
        self.now = now
        self.losses = Losses()
        self.revision = 0
        """Grows with every event, and when time changes anything but itself."""
        self.population = Population()
        self._retention = limits.retention
        self._horizon = limits.horizon
        self._presence = Presence(limits.presence_seconds, limits.max_ids, self.losses)
        self._deduplicator = Deduplicator(limits.max_ids, self.losses)
        self._traffics: dict[Filter, Traffic] = {}
        self._views: dict[ViewKey, View] = {}
        self._traffics_by: Concerned[Traffic] = Concerned()
        self._views_by: Concerned[View] = Concerned()
        self._deed_traffics: list[Traffic] = []
        self._active = ActiveSeconds()
        self._due: int | None = None
        """The next second that changes anything; None when that is not known."""
        self._main = self.open(DEFAULT_MINUTES, Filter())
        self._all = self.traffic(Filter())
        """The view and the traffic without a filter, which are always there."""
        self._running_minute = now // 60
        self._passed: deque[MinuteCounts] = deque(maxlen=MAX_PASSED)

    @property
    def empty(self) -> bool:
        """Whether nothing that was folded can matter any more."""
        return not self._active

    @property
    def since(self) -> int:
        """The time (ms) from which the log's events rebuild this window."""
        return (self.now - self._horizon) * 1000

    @property
    def disordered(self) -> bool:
        """Whether a repetition was counted before its original arrived: then rebuild the window by
        a replay in order."""
        return self._deduplicator.disordered

    @property
    def views(self) -> tuple[View, ...]:
        return tuple(self._views.values())

    @property
    def keys(self) -> Iterator[ViewKey]:
        """The keys of the open views."""
        return iter(tuple(self._views))

    def fold(self, event: Event) -> None:
        """Apply one event of this site, early or late, new or seen before."""
        time, kind = event.time, event.type
        second = time // 1000
        if second > self.now:
            self.advance(second)
        if second <= self.now - self._horizon:
            return
        self._active.add(second)
        self._due = None
        self.revision += 1
        if kind not in SIGNALS and not self._deduplicator.counts(event.id, time):
            return
        if second <= self.now - self._retention:
            return
        previous = event.previous_visitor
        if previous is not None:
            self._link(previous, event.visitor, second)
        if kind == "leave":
            self._apply_presence(self._presence.leave(event))
            return
        visitor = self._observe(event, time, second)
        if visitor is not None:
            changes = self._presence.show_life(visitor, event, time, self.now)
            if changes:
                self._apply_presence(changes)
        self._count(event, second, visitor)

    def _count(self, event: Event, second: int, visitor: Visitor | None) -> None:
        """Add the event to every traffic that it matches."""
        if len(self._traffics) == 1:
            self._all.add(event, second, visitor)
            return
        dimensions = event_dimensions(event)
        for traffic in self._traffics_by.by(dimensions):
            if traffic.takes(event, dimensions):
                traffic.add(event, second, visitor)
        if visitor is not None:
            for traffic in self._deed_traffics:
                self.note_deed(traffic, event, second, visitor)

    def note_deed(self, traffic: Traffic, event: Event, second: int, visitor: Visitor) -> None:
        """If the event is what the traffic's filter asks visitors to have done, they now did it in
        ``second``, whatever their attributes were."""
        deeds = traffic.deeds
        if deeds is None or not deeds.matches(event):
            return
        before = deeds.last(visitor)
        if not deeds.did(visitor, second):
            return
        dimensions = visitor.dimensions
        for view in traffic.views:
            was_in, is_in = view.includes(before, dimensions), view.includes(second, dimensions)
            if is_in and not was_in:
                view.enter(visitor)
            elif was_in and not is_in:
                view.leave(visitor, dimensions)

    def counted(self, event: Event) -> bool:
        """Whether an event that was folded counts, or is a repetition."""
        return self._deduplicator.counted(event.id, event.time)

    def advance(self, second: int) -> None:
        """Move the clock to ``second``; events and visitors that age out leave every count."""
        minute = second // 60
        while self._running_minute < minute:
            self._advance(self._running_minute * 60 + 59)
            self._keep_minute()
            self._running_minute = minute if self.empty else self._running_minute + 1
        self._advance(second)

    def take_passed_minutes(self) -> list[MinuteCounts]:
        """The minutes that have passed since they were taken last, without those in which nothing
        was. A window that is still being filled has none."""
        if not self._passed:
            return []
        minutes = list(self._passed)
        self._passed.clear()
        return minutes

    def _keep_minute(self) -> None:
        """The clock stands at the last second of the running minute."""
        main, minute = self._main, self._running_minute
        if main.filled_through is not None or not self._all.complete:
            return
        page_views, visitors = self._all.minutes.at(minute)
        if main.visitors or main.present or page_views or visitors:
            self._passed.append(
                MinuteCounts(minute, main.visitors, main.present, visitors, page_views)
            )

    def _advance(self, second: int) -> None:
        while (due := self._next_due()) <= second:
            self._tick(due)
        if second > self.now:
            self._pass(second)

    def _next_due(self) -> int:
        if self._due is None:
            views = {view.minutes * 60 for view in self._views.values()}
            intervals = (self.limits.presence_seconds, self._retention, self._horizon, *views)
            due = self._active.next_leaving(self.now, intervals)
            self._due = NEVER if due is None else due
        return self._due

    def open(self, minutes: int, wanted: Filter) -> View:
        """The view, opened if it was not. It is complete once ``fill`` returns True and its traffic
        is ``complete``; in an empty window, at once."""
        view = self._views.get((minutes, wanted))
        if view is not None:
            return view
        traffic = self.traffic(wanted)
        view = View(minutes, traffic.matches, self.limits.max_values, self.losses, traffic.deeds)
        view.expired_through = self.now - minutes * 60
        view.filled_through = None if self.empty else view.expired_through
        traffic.attach(view)
        self._views[minutes, wanted] = view
        self._views_by.add(wanted, view)
        self._due = None
        return view

    def close(self, minutes: int, wanted: Filter) -> None:
        """Forget a view that nobody reads."""
        view = self._views.pop((minutes, wanted))
        self._views_by.remove(wanted, view)
        traffic = self._traffics[wanted]
        traffic.views.remove(view)
        if not traffic.views:
            del self._traffics[wanted]
            self._traffics_by.remove(wanted, traffic)
            if traffic.deeds is not None:
                self._deed_traffics.remove(traffic)

    def traffic(self, wanted: Filter) -> Traffic:
        """The counts of the events that match ``wanted``."""
        traffic = self._traffics.get(wanted)
        if traffic is None:
            traffic = Traffic(wanted, self.limits, self.losses, self.now)
            traffic.complete = self.empty
            self._traffics[wanted] = traffic
            self._traffics_by.add(wanted, traffic)
            if traffic.deeds is not None:
                self._deed_traffics.append(traffic)
        return traffic

    def fill(self, view: View, visitors: int) -> bool:
        """Look at about ``visitors`` more of the current visitors, by whole seconds.
        True once the view is filled."""
        while view.filled_through is not None and visitors > 0:
            second = max(view.filled_through, view.expired_through) + 1
            if second > self.now:
                view.filled_through = None
                break
            found = self._last_in(view, second)
            view.backfill(second, found)
            visitors -= len(found) + 1
        return view.filled_through is None

    def _last_in(self, view: View, second: int) -> list[Visitor]:
        """The visitors who count in the view from ``second``."""
        if view.deeds is not None:
            return view.deeds.last_did(second)
        return self.population.last_seen(second)

    def postpone_views(self) -> None:
        """Call before a replay into an empty window: visitors enter views only when ``fill`` is
        called afterwards, not with each event."""
        for view in self._views.values():
            view.filled_through = view.expired_through

    def _link(self, old: int, new: int, second: int) -> None:
        population = self.population
        if not population.alias(old, new, second):
            return
        known, other = population.get(old), population.get(new)
        if known is None:
            return
        if other is None:
            population.rename(known, new)
        else:
            self._merge(known, other)
        for traffic in self._traffics.values():
            traffic.merge(old, new)

    def _merge(self, old: Visitor, new: Visitor) -> None:
        """Two hashes of one person are both known: a process with a shorter retention stored events
        of the new day without the link, before this one was started with a longer retention."""
        last = new.seen // 1000
        for visitor in (old, new):
            for view in self._views_by.by(visitor.dimensions):
                if view.includes(view.second_of(visitor), visitor.dimensions):
                    view.leave(visitor, visitor.dimensions)
        for traffic in self._deed_traffics:
            if traffic.deeds is not None:
                traffic.deeds.merge(old, new)
        self._presence.change_owner(old, new)
        new.absorb(old)
        self._all.minutes.uncount(new.merge_minutes(old))
        self.population.remove(old)
        if new.arrived >= 0:
            self.population.arrived(new)
        if new.seen // 1000 > last:
            self.population.saw(new, new.seen // 1000)
        for view in self._views_by.by(new.dimensions):
            if view.includes(view.second_of(new), new.dimensions):
                view.enter(new)

    def _observe(self, event: Event, time: int, second: int) -> Visitor | None:
        """Update the event's visitor, in every view."""
        population = self.population
        visitor = population.find(event)
        if visitor is None:
            if len(population) >= self.limits.max_visitors:
                self.losses.visitors += 1
                return None
            visitor = population.add(event)
        before, before_second = visitor.dimensions, visitor.seen // 1000
        if event.source is not None and visitor.arrive(event):
            population.arrived(visitor)
        if visitor.observe(event, time):
            if second != before_second:
                population.saw(visitor, second)
            self._update_views(visitor, before, before_second, second)
        elif before is not visitor.dimensions:
            self._update_views(visitor, before, before_second, before_second)
        return visitor

    def _update_views(
        self, visitor: Visitor, before: Dimensions, before_second: int, second: int
    ) -> None:
        """Update every view from the visitor's old to the new state. A new visitor was last seen in
        second -1."""
        after = visitor.dimensions
        for view in self._views_by.by_either(before, after):
            if view.deeds is not None:
                last = view.deeds.last(visitor)
                was_in, is_in = view.includes(last, before), view.includes(last, after)
            elif view.matches is None and view.filled_through is None:  # includes(), inlined
                was_in, is_in = before_second > view.expired_through, second > view.expired_through
            else:
                was_in = view.includes(before_second, before)
                is_in = view.includes(second, after)
            if was_in:
                if not is_in:
                    view.leave(visitor, before)
                elif before is not after:
                    view.change(before, after)
            elif is_in:
                view.enter(visitor)

    def _apply_presence(self, changes: PresenceChanges) -> None:
        for visitor, change in changes:
            was, visitor.open = visitor.open > 0, visitor.open + change
            if was == (visitor.open > 0):
                continue
            dimensions = visitor.dimensions
            for view in self._views_by.by(dimensions):
                if view.includes(view.second_of(visitor), dimensions):
                    view.present += change

    def _pass(self, second: int) -> None:
        """Time passes until ``second``, and nothing leaves."""
        self.now = second
        for view in self._views.values():
            view.expired_through = second - view.minutes * 60
        for traffic in self._traffics.values():
            if traffic.minutes.advance(second):
                self.revision += 1

    def _tick(self, second: int) -> None:
        """The next second passes. The order matters: views expire before the window does."""
        self.now = second
        self._due = None
        self.revision += 1
        gone = second - self._retention
        for traffic in self._traffics.values():
            for view in traffic.views:
                low = second - view.minutes * 60
                view.expire(low, self._last_in(view, low), traffic.seconds.get(low))
        self._apply_presence(self._presence.time_out(second - self.limits.presence_seconds))
        self._apply_presence(self._presence.forget_leaves(gone))
        for visitor in self.population.past_arrivals(gone):
            before, last = visitor.dimensions, visitor.seen // 1000
            visitor.forget_arrival()
            self._update_views(visitor, before, last, last)
        expired = self.population.expire(gone)
        for traffic in self._traffics.values():
            traffic.advance(second, self._retention, expired)
        self._deduplicator.forget(second - self._horizon)
        self._active.forget(second - self._horizon)
