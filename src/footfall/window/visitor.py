"""One visitor as the window knows them."""

from sys import intern

import msgspec

from footfall.model import Event
from footfall.window.labels import UNKNOWN, Facts


class Visitor(msgspec.Struct, gc=False, eq=False):
    """The visitor's latest event and latest arrival: a maximum over (time, id), so that the
    order in which events come in does not matter. ``gc=False`` (there are no cycles) keeps a
    million of them out of the garbage collector's rounds."""

    key: int
    seen: int = -1
    """Time (ms) of the latest event."""
    seen_id: str = ""
    arrived: int = -1
    """Time (ms) of the latest arrival; -1 when there is none in the retention."""
    arrived_id: str = ""
    path: str = UNKNOWN
    country: str = UNKNOWN
    source: str = UNKNOWN
    campaign: str = UNKNOWN
    device: str = UNKNOWN
    browser: str = UNKNOWN
    os: str = UNKNOWN
    open: int = 0
    """How many open stretches (visible tabs) are the visitor's: present when above 0."""

    def facts(self) -> Facts:
        return (
            self.path,
            self.country,
            self.source,
            self.campaign,
            self.device,
            self.browser,
            self.os,
        )

    def observe(self, event: Event) -> bool:
        """Take over the event's attributes if it is the latest; says whether it was."""
        if (event.time, event.id) <= (self.seen, self.seen_id):
            return False
        self.seen = event.time
        self.seen_id = event.id
        # Interned, so that a million visitors share one copy of each value.
        self.path = intern(event.path)
        self.country = intern(event.country or UNKNOWN)
        self.device = intern(event.device or UNKNOWN)
        self.browser = intern(event.browser or UNKNOWN)
        self.os = intern(event.os or UNKNOWN)
        return True

    def arrive(self, event: Event) -> bool:
        """Take over source and campaign if this is the latest arrival; says whether it was."""
        if (event.time, event.id) <= (self.arrived, self.arrived_id):
            return False
        self.arrived = event.time
        self.arrived_id = event.id
        self.source = intern(event.source or UNKNOWN)
        self.campaign = intern(event.campaign or UNKNOWN)
        return True

    def forget_arrival(self) -> None:
        self.arrived = -1
        self.arrived_id = ""
        self.source = self.campaign = UNKNOWN
