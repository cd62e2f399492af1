"""What happened in one second."""

import msgspec

from footfall.model import Event
from footfall.window.labels import UNKNOWN


class SecondCounts(msgspec.Struct, gc=False):
    """Page views, custom events by name, completed goals by name."""

    page_views: int = 0
    events: dict[str, int] = {}
    goals: dict[str, int] = {}

    def name(self, event: Event) -> None:
        """Count a custom event by its name, and the goals an event completed."""
        if event.type == "event":
            label = event.name or UNKNOWN
            self.events[label] = self.events.get(label, 0) + 1
        for goal in event.goals:
            self.goals[goal] = self.goals.get(goal, 0) + 1
