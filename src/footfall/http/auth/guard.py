"""Ends live subscriptions when their reader loses permission or the site is removed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, TypeAlias

from footfall.live.subscription import Subscription


class Ending(NamedTuple):
    """Why a subscription must end; ``code`` is a WebSocket close code."""

    code: int
    reason: str


Check: TypeAlias = Callable[[], Ending | None]
"""Returns None while the subscription may continue."""


class LiveGuard:
    """Holds one check per live subscription; ``recheck`` runs them all after a change of the
    catalog."""

    def __init__(self) -> None:
        self._checks: dict[Subscription, Check] = {}

    @contextmanager
    def watch(self, subscription: Subscription, check: Check) -> Iterator[None]:
        """Checks on entry too: permission may have been lost while the view was built."""
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
