"""How often, how long and how many."""

import msgspec


class LiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds. ``max_views`` is per site."""

    update_interval: float = 0.25
    """At most one update in this time per view; the first after a quiet spell goes at once."""
    tick_after: int = 10
    linger: int = 60
    """How long a view stays open after its last reader."""
    max_views: int = 50
    max_subscribers: int = 5000
