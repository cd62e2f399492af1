from typing import Any

import pytest
from structlog.testing import capture_logs

from footfall.catalog.rules import MAX_PATTERNS
from footfall.enrich.goals import WORK, Goals
from footfall.model import Goal, GoalKind, GoalMatch
from footfall.patterns import Pattern
from tests.ingesting import draft, rules


def goal(
    value: str, match: GoalMatch = "exact", kind: GoalKind = "path", name: str = "Goal"
) -> Goal:
    return Goal(id=name, site_id="a", name=name, kind=kind, match=match, value=value)


def reached(*goals: Goal, name: str | None = None, **fields: Any) -> tuple[str, ...]:
    visit = draft(rules(goals=goals), **fields)
    visit.name = name
    Goals().match(visit)
    return visit.goals


@pytest.mark.parametrize(
    ("match", "value", "path", "is_reached"),
    [
        ("exact", "/thanks", "/thanks", True),
        ("exact", "/thanks", "/thanks/", False),
        ("contains", "cart", "/shop/cart/2", True),
        ("contains", "cart", "/shop", False),
        ("starts_with", "/docs", "/docs/start", True),
        ("starts_with", "/docs", "/old/docs", False),
        ("pattern", r"^/order/\d+$", "/order/77", True),
        ("pattern", r"^/order/\d+$", "/order/x", False),
        ("pattern", "thanks?", "/a/thank/b", True),
    ],
)
def test_a_page_reaches_a_path_goal(
    match: GoalMatch, value: str, path: str, is_reached: bool
) -> None:
    assert reached(goal(value, match), path=path) == (("Goal",) if is_reached else ())


def test_an_event_reaches_the_goal_of_its_name() -> None:
    signup = goal("signup", kind="event")

    assert reached(signup, type="event", name="signup") == ("Goal",)
    assert reached(signup, type="event", name="signups") == ()


def test_a_goal_is_reached_only_by_its_own_kind() -> None:
    assert reached(goal("/thanks", kind="event"), path="/thanks") == ()
    assert reached(goal("/thanks"), path="/thanks", type="event", name="x") == ()
    assert reached(goal("/thanks"), path="/thanks", type="ping") == ()


def test_each_goal_is_reached_once() -> None:
    goals = (
        goal("/b", "contains", name="B"),
        goal("/", "starts_with", name="A"),
        goal("/b", name="B"),
    )

    assert reached(*goals, path="/b") == ("B", "A")


def test_a_pattern_can_not_hang() -> None:
    assert reached(goal("(a+)+$", "pattern"), path="/" + "a" * 2000 + "!") == ()


HUNGRY = "(?:a|b)*a(?:a?b?){500}"
"""Its compiled form took 80 ms for each path of 2,000 characters."""


def test_a_pattern_added_when_more_was_allowed_is_named_in_the_log_and_not_compared() -> None:
    goals = Goals()
    given = (goal(HUNGRY, "pattern", name="Hungry"), goal("a", "contains", name="Other"))
    with capture_logs() as logs:
        for _ in range(3):  # each time with rules as they are after a change of the catalog
            visit = draft(rules(goals=given), path="/" + "ab" * 1000)
            goals.match(visit)
            assert visit.goals == ("Other",)
    assert [(each["event"], each["goal"]) for each in logs] == [("goal.unusable", "Hungry")]
    assert "too large" in logs[0]["error"]


def test_the_work_of_all_patterns_for_one_page_view_is_bounded() -> None:
    """Their instructions times the path's bytes; what is skipped is counted."""
    goals = Goals()
    given = tuple(goal(f"{n}?[ab]*a(?:a?b?){{50}}$", "pattern", name=f"{n}") for n in range(20))
    sizes = [Pattern(each.value, "value").size for each in given]
    path = "/" + "ab" * 250
    visit = draft(rules(goals=given), path=path)
    goals.match(visit)
    assert len(visit.goals) == len(given) - goals.skipped
    assert sum(sizes[: len(visit.goals)]) * len(path) <= WORK
    assert sum(sizes[: len(visit.goals) + 1]) * len(path) > WORK


def test_all_patterns_that_a_site_may_have_are_compared_with_a_usual_path() -> None:
    goals = Goals()
    given = tuple(goal(f"^/{n}/[a-z]+/{n}$", "pattern", name=f"{n}") for n in range(100))
    assert sum(Pattern(each.value, "value").size for each in given) <= MAX_PATTERNS
    visit = draft(rules(goals=given), path="/99/" + "a" * 90 + "/99")
    goals.match(visit)
    assert visit.goals == ("99",)
    assert goals.skipped == 0


def test_changed_goals_apply_at_once() -> None:
    goals = Goals()
    for expected in ("Old", "New"):
        visit = draft(rules(goals=(goal("/", name=expected),)))
        goals.match(visit)
        assert visit.goals == (expected,)
