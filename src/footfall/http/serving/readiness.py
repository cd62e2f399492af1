"""Whether this node should get requests. Probes ask often, and anybody may: the store is asked once
for all who ask at the same time, or a moment later."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from footfall.background import BackgroundTask
from footfall.clock import Timer
from footfall.errors import StoreUnavailable

FRESH_S = 0.5
"""How old the store's answer may be: a failure shows within a second."""
STORE_TIMEOUT_S = 2.0
MAX_LAG_S = 5.0


class Readiness:
    """``store_checks`` counts how often the store was asked."""

    def __init__(
        self,
        ask_store: Callable[[], Awaitable[None]],
        problem: Callable[[], str | None],
        tasks: Callable[[], Sequence[BackgroundTask]],
        lag_seconds: Callable[[], float],
        timer: Timer,
    ) -> None:
        """``ask_store`` raises StoreUnavailable; ``problem`` says why the node should get no
        requests although its store answers."""
        self.store_checks = 0
        self._ask_store = ask_store
        self._problem = problem
        self._tasks = tasks
        self._lag_seconds = lag_seconds
        self._timer = timer
        self._asking = asyncio.Lock()
        self._asked_at = float("-inf")
        self._failure: StoreUnavailable | None = None

    async def require(self) -> None:
        """Raises StoreUnavailable unless the store answers and took the last commit, the windows
        are rebuilt and not far behind, and every task runs."""
        problem = self._problem()
        if problem is not None:
            raise StoreUnavailable(problem)
        failure = await self._store_failure()
        if failure is not None:
            raise failure
        down = [task.name for task in self._tasks() if task.is_down]
        if down:
            raise StoreUnavailable(
                f"not running: {', '.join(down)}: see the log; each is started again, or the "
                "server is"
            )
        lag = self._lag_seconds()
        if lag > MAX_LAG_S:
            raise StoreUnavailable(
                f"the windows are {lag:.0f} s behind the log: wait until they catch up"
            )

    async def _store_failure(self) -> StoreUnavailable | None:
        async with self._asking:
            if self._timer() - self._asked_at >= FRESH_S:
                self._failure = await self._asked()
                self._asked_at = self._timer()
            return self._failure

    async def _asked(self) -> StoreUnavailable | None:
        self.store_checks += 1
        try:
            async with asyncio.timeout(STORE_TIMEOUT_S):
                await self._ask_store()
        except TimeoutError:
            return StoreUnavailable("the store does not answer: check it and its settings")
        except StoreUnavailable as error:
            return error
        return None
