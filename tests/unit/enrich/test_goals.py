from typing import Any

import pytest

from footfall.enrich.goals import Goals
from footfall.model import Goal, GoalKind, GoalMatch
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


def test_changed_goals_apply_at_once() -> None:
    goals = Goals()
    for expected in ("Old", "New"):
        visit = draft(rules(goals=(goal("/", name=expected),)))
        goals.match(visit)
        assert visit.goals == (expected,)
