"""Which of a site's goals an event reaches."""

from collections.abc import Callable, Sequence

import re2

from footfall.enrich.draft import Draft
from footfall.model import Goal, SiteRules


class Goals:
    """Step: sets the names of the goals reached, each once: exact paths first, then the others in
    the site's order."""

    def __init__(self) -> None:
        self._sites: dict[str, SiteGoals] = {}

    def match(self, draft: Draft) -> None:
        rules = draft.rules
        if not rules.goals:
            return
        goals = self._sites.get(rules.site.id)
        if goals is None or goals.rules is not rules:
            goals = self._sites[rules.site.id] = SiteGoals(rules)
        hit = draft.hit
        if hit.type == "pageview":
            draft.goals = goals.by_path(hit.path)
        elif hit.type == "event" and draft.name is not None:
            draft.goals = goals.by_event(draft.name)


class SiteGoals:
    """The goals of one site, prepared for matching; replaced when its rules change."""

    def __init__(self, rules: SiteRules) -> None:
        self.rules = rules
        self._events: dict[str, list[str]] = {}
        self._paths: dict[str, list[str]] = {}
        self._matchers: list[tuple[Callable[[str], object], str]] = []
        for goal in rules.goals:
            if goal.kind == "event":
                self._events.setdefault(goal.value, []).append(goal.name)
            elif goal.match == "exact":
                self._paths.setdefault(goal.value, []).append(goal.name)
            else:
                self._matchers.append((_matcher(goal), goal.name))

    def by_path(self, path: str) -> tuple[str, ...]:
        names = self._paths.get(path, [])
        if self._matchers:
            names = names + [name for matches, name in self._matchers if matches(path)]
        return _once(names)

    def by_event(self, name: str) -> tuple[str, ...]:
        return _once(self._events.get(name, ()))


def _matcher(goal: Goal) -> Callable[[str], object]:
    """A pattern may match anywhere in the path; RE2 takes linear time for any pattern."""
    value = goal.value
    if goal.match == "pattern":
        search: Callable[[str], object] = re2.compile(value).search
        return search
    if goal.match == "contains":
        return lambda path: value in path
    return lambda path: path.startswith(value)


def _once(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names)) if names else ()
