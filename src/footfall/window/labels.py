"""The dimensions by which visitors are broken down, and how values are shown.

``Facts`` is one visitor's (or one event's) value in each dimension, in this order.
"""

from footfall.model import Event

UNKNOWN = "(unknown)"
OTHER = "(other)"

DIMENSIONS = ("path", "country", "source", "campaign", "device", "browser", "os")

Facts = tuple[str, str, str, str, str, str, str]


def event_facts(event: Event) -> Facts:
    """The event's own attributes: an event that is no arrival has no source."""
    return (
        event.path,
        event.country or UNKNOWN,
        event.source or UNKNOWN,
        event.campaign or UNKNOWN,
        event.device or UNKNOWN,
        event.browser or UNKNOWN,
        event.os or UNKNOWN,
    )
