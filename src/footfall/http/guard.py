"""Live subscriptions end when their reader loses the right, or the site goes away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from footfall.live.subscription import Subscription


class Ending(NamedTuple):
    """Why a subscription must end; the code is a WebSocket close code."""

    code: int
    reason: str


Check = Callable[[], Ending | None]
"""None while the subscription may go on."""


class LiveGuard:
    """Holds one check per live subscription; ``recheck`` runs them all when the catalog
    changed."""

    def __init__(self) -> None:
        self._checks: dict[Subscription, Check] = {}

    @contextmanager
    def watch(self, subscription: Subscription, check: Check) -> Iterator[None]:
        """Checks once on entry too: the right may have gone while the view was built."""
        self._checks[subscription] = check
        try:
            _check(subscription, check)
            yield
        finally:
            del self._checks[subscription]

    def recheck(self) -> None:
        for subscription, check in list(self._checks.items()):
            _check(subscription, check)


def _check(subscription: Subscription, check: Check) -> None:
    ending = check()
    if ending is not None:
        subscription.end(ending.code, ending.reason)
