"""One visitor in the window."""

from sys import intern
from typing import cast

import msgspec

from footfall.model import Event
from footfall.window.query import UNKNOWN, Dimensions

UNKNOWN_DIMENSIONS: Dimensions = (UNKNOWN,) * 7


class Visitor(msgspec.Struct, gc=False, eq=False):
    """The visitor's latest event and latest arrival: maxima over (time, id), so that the order in
    which events arrive does not matter. With ``gc=False`` (there are no cycles) the garbage
    collector skips them, even a million."""

    key: int
    seen: int = -1
    """Time (ms) of the latest event."""
    seen_id: str = ""
    arrived: int = -1
    """Time (ms) of the latest arrival; -1 when there is none in the retention."""
    arrived_id: str = ""
    dimensions: Dimensions = UNKNOWN_DIMENSIONS
    """Source and campaign are those of the latest arrival, the rest of the latest event."""
    open: int = 0
    """The number of the visitor's open tab sessions: present if above 0."""

    def observe(self, event: Event) -> bool:
        """Use the event's attributes if it is the latest; returns whether it is."""
        time, seen = event.time, self.seen
        if time < seen or (time == seen and event.id <= self.seen_id):
            return False
        self.seen = time
        self.seen_id = event.id
        known = self.dimensions
        dimensions = (
            event.path,
            event.country or UNKNOWN,
            known[2],
            known[3],
            event.device or UNKNOWN,
            event.browser or UNKNOWN,
            event.os or UNKNOWN,
        )
        if dimensions != known:
            self.dimensions = _shared(dimensions)
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
        path, country, source, campaign, device, browser, os = self.dimensions
        if (other.seen, other.seen_id) > (self.seen, self.seen_id):
            self.seen, self.seen_id = other.seen, other.seen_id
            path, country, _, _, device, browser, os = other.dimensions
        if (other.arrived, other.arrived_id) > (self.arrived, self.arrived_id):
            self.arrived, self.arrived_id = other.arrived, other.arrived_id
            source, campaign = other.dimensions[2:4]
        self.dimensions = _shared((path, country, source, campaign, device, browser, os))
        self.open += other.open
        other.arrived = -1

    def forget_arrival(self) -> None:
        self.arrived = -1
        self.arrived_id = ""
        self._come_from(UNKNOWN, UNKNOWN)

    def _come_from(self, source: str, campaign: str) -> None:
        path, country, _, _, device, browser, os = self.dimensions
        self.dimensions = _shared((path, country, source, campaign, device, browser, os))


def _shared(dimensions: Dimensions) -> Dimensions:
    """Interned, so that a million visitors share one copy of each value."""
    return cast(Dimensions, tuple(map(intern, dimensions)))
