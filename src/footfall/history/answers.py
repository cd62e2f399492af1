"""Answers that are kept for a moment, and shared by all who ask the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from footfall.clock import Clock
from footfall.errors import RateLimited
from footfall.history.reports.question import MetricTable, Question, ReportAnswer, TableQuestion
from footfall.principal import Principal, Stranger

FRESH_MS = 10_000
"""How old an answer may be."""
MAX_KEPT = 200
MAX_OF_STRANGERS = 4
"""Questions of callers without a token that run or wait at once; one of each address."""

Countable: TypeAlias = Question | TableQuestion
Timed: TypeAlias = tuple[ReportAnswer | MetricTable, int]
"""An answer, and the time (ms) through which it counts."""


class Answers:
    def __init__(self, ask: Callable[[Countable], Awaitable[Timed]], clock: Clock) -> None:
        self.refused = 0
        """Questions of strangers that were too many."""
        self._ask = ask
        self._clock = clock
        self._kept: OrderedDict[Countable, Timed] = OrderedDict()
        self._running: dict[Countable, asyncio.Task[Timed]] = {}
        self._strangers: set[str] = set()

    async def answer(self, question: Countable, caller: Principal) -> Timed:
        """Raises RateLimited, Overloaded
        and StoreUnavailable."""
        kept = self._kept.get(question)
        if kept is not None and 0 <= self._clock() - kept[1] < FRESH_MS:
            return kept
        running = self._running.get(question)
        if running is None:
            running = self._start(question, caller)
        return await asyncio.shield(running)

    def _start(self, question: Countable, caller: Principal) -> asyncio.Task[Timed]:
        if isinstance(caller, Stranger):
            caller.require("reports")
            if caller.network in self._strangers or len(self._strangers) >= MAX_OF_STRANGERS:
                self.refused += 1
                raise RateLimited(
                    "reports for callers without a token come one after the other: try again in "
                    "a few seconds",
                    retry_after=2,
                )
            self._strangers.add(caller.network)
        task = self._running[question] = asyncio.create_task(self._run(question, caller))
        task.add_done_callback(_retrieve)
        return task

    async def _run(self, question: Countable, caller: Principal) -> Timed:
        try:
            answer = await self._ask(question)
            self._kept[question] = answer
            self._kept.move_to_end(question)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return answer
        finally:
            del self._running[question]
            if isinstance(caller, Stranger):
                self._strangers.discard(caller.network)


def _retrieve(task: asyncio.Task[Timed]) -> None:
    """Nobody may be waiting any more."""
    if not task.cancelled():
        task.exception()
