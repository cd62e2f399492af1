"""What a goal would have counted, had it been there: for who is about to add it."""

from footfall.enrich.goals import SiteGoals
from footfall.live.log_reader import LogReader
from footfall.model import Goal, Site, SiteRules
from footfall.principal import HOLDER


async def count_matches(reader: LogReader, goal: Goal) -> int:
    """The page views or custom events of the retention that reach ``goal``. Raises Overloaded,
    StoreUnavailable."""
    goals = SiteGoals(SiteRules(Site(id=goal.site_id, name=""), (goal,)))
    count = 0
    async for event in reader.read(goal.site_id, HOLDER):
        if event.type == "pageview":
            count += bool(goals.by_path(event.path))
        elif event.type == "event" and event.name is not None:
            count += bool(goals.by_event(event.name))
    return count
