"""One visitor in the window."""

from sys import intern

from mypy_extensions import mypyc_attr

from footfall.model import Event
from footfall.window.minutes import ActiveMinutes
from footfall.window.query import UNKNOWN, Dimensions

UNKNOWN_DIMENSIONS: Dimensions = (UNKNOWN,) * 9


@mypyc_attr(acyclic=True)
class Visitor(ActiveMinutes):
    """The visitor's latest event and latest arrival: maxima over (time, id), so that the order in
    which events arrive does not matter. A garbage collection would look at each of a million: there
    are no cycles, so those of the compiled class are left out of it."""

    __slots__ = ("arrived", "arrived_id", "dimensions", "key", "open", "seen", "seen_id")

    def __init__(self, key: int) -> None:
        super().__init__()
        self.key = key
        self.seen = -1
        """Time (ms) of the latest event; -1 once the visitor is removed."""
        self.seen_id = ""
        self.arrived = -1
        """Time (ms) of the latest arrival; -1 when there is none in the retention."""
        self.arrived_id = ""
        self.dimensions = UNKNOWN_DIMENSIONS
        """Source and campaign are those of the latest arrival, the rest of the latest event.
        Values are interned, so that a million visitors share one copy of each."""
        self.open = 0
        """The number of the visitor's open tab sessions: present if above 0."""

    def observe(self, event: Event, time: int) -> bool:
        """Use the event's attributes if it is the latest; returns whether it is. ``time`` is the
        event's, in ms."""
        if time < self.seen:
            return False
        event_id = event.id
        if time == self.seen and event_id <= self.seen_id:
            return False
        self.seen = time
        self.seen_id = event_id
        path, country = event.path, event.country or UNKNOWN
        device, browser, os = event.device or UNKNOWN, event.browser or UNKNOWN, event.os or UNKNOWN
        region, city = event.region or UNKNOWN, event.city or UNKNOWN
        known = self.dimensions
        if (
            path != known[0]
            or country != known[1]
            or device != known[4]
            or browser != known[5]
            or os != known[6]
            or city != known[8]
            or region != known[7]
        ):
            self.dimensions = (
                _shared(path, known[0]),
                _shared(country, known[1]),
                known[2],
                known[3],
                _shared(device, known[4]),
                _shared(browser, known[5]),
                _shared(os, known[6]),
                _shared(region, known[7]),
                _shared(city, known[8]),
            )
        return True

    def arrive(self, event: Event) -> bool:
        """Use its source and campaign if this is the latest arrival; returns whether it is."""
        if (event.time, event.id) <= (self.arrived, self.arrived_id):
            return False
        self.arrived = event.time
        self.arrived_id = event.id
        self._come_from(event.source or UNKNOWN, event.campaign or UNKNOWN)
        return True

    def absorb(self, other: "Visitor") -> None:
        """Take over what ``other``, who is the same person, did later, and their open tabs."""
        path, country, source, campaign, *rest = self.dimensions
        if (other.seen, other.seen_id) > (self.seen, self.seen_id):
            self.seen, self.seen_id = other.seen, other.seen_id
            path, country, _, _, *rest = other.dimensions
        if (other.arrived, other.arrived_id) > (self.arrived, self.arrived_id):
            self.arrived, self.arrived_id = other.arrived, other.arrived_id
            source, campaign = other.dimensions[2:4]
        self.dimensions = (path, country, source, campaign, *rest)
        self.open += other.open
        other.arrived = -1

    def forget_arrival(self) -> None:
        self.arrived = -1
        self.arrived_id = ""
        self._come_from(UNKNOWN, UNKNOWN)

    def _come_from(self, source: str, campaign: str) -> None:
        known = self.dimensions
        if source != known[2] or campaign != known[3]:
            came = (_shared(source, known[2]), _shared(campaign, known[3]))
            self.dimensions = known[:2] + came + known[4:]


def _shared(value: str, known: str) -> str:
    """The interned ``value``; ``known`` is interned already."""
    return known if value == known else intern(value)
