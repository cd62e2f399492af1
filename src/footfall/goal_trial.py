"""What a goal would have counted, had it been there: for who is about to add it."""

import asyncio
import time
from collections.abc import Callable, Sequence

from footfall.enrich.goals import SiteGoals
from footfall.errors import InvalidInput
from footfall.live.log_reader import LogReader
from footfall.model import Event, Goal, Site, SiteRules
from footfall.principal import HOLDER

BATCH = 100
"""Events that a thread compares at once: what a caller who hangs up still costs."""
MAX_SECONDS = 2.0
"""Of computing, for one trial."""


class GoalTrials:
    """Compares in a thread, one batch of all trials at a time, so that nothing else waits."""

    def __init__(self, reader: LogReader, timer: Callable[[], float] = time.thread_time) -> None:
        """``timer`` counts the seconds for which its thread has computed."""
        self._reader = reader
        self._timer = timer
        self._turn = asyncio.Lock()

    async def count(self, goal: Goal) -> int:
        """The page views or custom events of the retention that reach ``goal``. Raises
        InvalidInput if it takes too long, Overloaded, StoreUnavailable."""
        goals = SiteGoals(SiteRules(Site(id=goal.site_id, name=""), (goal,)))
        matches, seconds, batch = 0, 0.0, list[Event]()
        async for event in self._reader.read(goal.site_id, HOLDER):
            batch.append(event)
            if len(batch) == BATCH:
                found, took = await self._compare(goals, batch)
                matches, seconds, batch = matches + found, seconds + took, []
                if seconds > MAX_SECONDS:
                    raise InvalidInput(
                        "the pattern takes too long to be compared with all page views: make it "
                        "simpler, or add the goal without a trial",
                        field="value",
                    )
        found, _ = await self._compare(goals, batch)
        return matches + found

    async def _compare(self, goals: SiteGoals, events: Sequence[Event]) -> tuple[int, float]:
        """How many events reach a goal, and how many seconds that took."""

        def compare() -> tuple[int, float]:
            began = self._timer()
            matches = sum(map(reaches, events))
            return matches, self._timer() - began

        def reaches(event: Event) -> bool:
            if event.type == "pageview":
                return bool(goals.by_path(event.path))
            return event.type == "event" and bool(event.name and goals.by_event(event.name))

        async with self._turn:
            return await asyncio.to_thread(compare)
