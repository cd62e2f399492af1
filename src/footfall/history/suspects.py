"""Finds the event that ends the archive's process."""

from collections.abc import Sequence
from typing import TypeAlias

from footfall.history.set_aside import SetAside
from footfall.model import Event

STRIKES = 3
"""So often in a row the process must have ended with an event alone in it: once may be chance."""
REASON = "the archive's process ended each time that it got this event"

SuspectKey: TypeAlias = tuple[str, int, str]


class Suspects:
    """Events that were in the process when it ended. Of those at most ``at_once`` are sent to the
    next one, half as many each time, with no other event in it. What is taken is suspected no
    longer."""

    def __init__(self, set_aside: SetAside) -> None:
        self.at_once = 1
        self._set_aside = set_aside
        self._keys: set[SuspectKey] = set()
        self._alone: SuspectKey | None = None
        self._strikes = 0

    def __contains__(self, event: Event) -> bool:
        return _key(event) in self._keys

    def taken(self, events: Sequence[Event]) -> None:
        if self._keys:
            self._keys.difference_update(map(_key, events))

    def process_ended(self, inside: Sequence[Event]) -> None:
        """``inside`` are the events that it had not taken."""
        if not inside:
            return
        alone = _key(inside[0]) if len(inside) == 1 else None
        self._strikes = self._strikes + 1 if alone is not None and alone == self._alone else 1
        self._alone = alone
        self._keys = set(map(_key, inside))
        self.at_once = max(1, len(inside) // 2)
        if alone is not None and self._strikes >= STRIKES:
            self._set_aside.add(*alone, REASON)
            self._keys.clear()
            self._alone = None


def _key(event: Event) -> SuspectKey:
    return event.site, event.time, event.id
