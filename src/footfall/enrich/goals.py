"""Which of a site's goals an event reaches."""

from collections.abc import Callable, Sequence

import structlog

from footfall.enrich.draft import Draft
from footfall.errors import InvalidInput
from footfall.model import Goal, SiteRules
from footfall.patterns import Pattern

logger = structlog.get_logger()

WORK = 200_000
"""Bytes times instructions that the patterns of a site may cost for one page view: 2 ms at
worst. All that a site may have fit for a path of 100 characters."""


class Goals:
    """Step: sets the names of the goals reached, each once: exact paths first, then the others in
    the site's order."""

    def __init__(self) -> None:
        self.skipped = 0
        """Times that a pattern was not compared with a path, since all together cost too much."""
        self._sites: dict[str, SiteGoals] = {}

    def match(self, draft: Draft) -> None:
        rules = draft.rules
        if not rules.goals:
            return
        goals = self._sites.get(rules.site.id)
        if goals is None or goals.rules is not rules:
            goals = self._prepared(rules, goals)
        hit = draft.hit
        if hit.type == "pageview":
            draft.goals = goals.by_path(hit.path)
            self.skipped += goals.skipped
        elif hit.type == "event" and draft.name is not None:
            draft.goals = goals.by_event(draft.name)

    def _prepared(self, rules: SiteRules, before: "SiteGoals | None") -> "SiteGoals":
        goals = self._sites[rules.site.id] = SiteGoals(rules)
        for name, error in goals.unusable.items():
            if before is None or name not in before.unusable:
                logger.warning("goal.unusable", site=rules.site.id, goal=name, error=error)
        return goals


class SiteGoals:
    """The goals of one site, prepared for matching; replaced when its rules change."""

    def __init__(self, rules: SiteRules) -> None:
        self.rules = rules
        self.unusable: dict[str, str] = {}
        """By name of a goal, why its pattern is never compared: it was added when more was
        allowed."""
        self.skipped = 0
        """How many patterns the last path was not compared with."""
        self._events: dict[str, list[str]] = {}
        self._paths: dict[str, list[str]] = {}
        self._matchers: list[tuple[Callable[[str], object], int, str]] = []
        """Each with the work of one character, and the goal's name."""
        for goal in rules.goals:
            if goal.kind == "event":
                self._events.setdefault(goal.value, []).append(goal.name)
            elif goal.match == "exact":
                self._paths.setdefault(goal.value, []).append(goal.name)
            elif goal.match == "pattern":
                self._add_pattern(goal)
            else:
                self._matchers.append((_matcher(goal), 0, goal.name))

    def by_path(self, path: str) -> tuple[str, ...]:
        names = self._paths.get(path, [])
        if self._matchers:
            names = names + self._matched(path)
        return _once(names)

    def by_event(self, name: str) -> tuple[str, ...]:
        return _once(self._events.get(name, ()))

    def _add_pattern(self, goal: Goal) -> None:
        try:
            pattern = Pattern(goal.value, "value")
        except InvalidInput as error:
            self.unusable[goal.name] = str(error)
        else:
            self._matchers.append((pattern.search, pattern.size, goal.name))

    def _matched(self, path: str) -> list[str]:
        """Names in the order of the goals; patterns that exceed ``WORK`` together are skipped."""
        names, left = list[str](), WORK
        length = len(path) if path.isascii() else len(path.encode())
        self.skipped = 0
        for matches, size, name in self._matchers:
            work = size * length
            if work > left:
                self.skipped += 1
                continue
            left -= work
            if matches(path):
                names.append(name)
        return names


def _matcher(goal: Goal) -> Callable[[str], object]:
    value = goal.value
    if goal.match == "contains":
        return lambda path: value in path
    return lambda path: path.startswith(value)


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names)) if names else ()
