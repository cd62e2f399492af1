"""What happened in one second."""

import msgspec


class SecondCounts(msgspec.Struct, gc=False):
    """Page views, custom events by name, completed goals by name."""

    page_views: int = 0
    events: dict[str, int] = {}
    goals: dict[str, int] = {}
