"""Conditions as SQL over an event ``e`` and its visit ``v``."""

from typing import get_args

from footfall.history.archive.database import quote
from footfall.history.reports.question import AllOf, AnyOf, Condition, Expression, Not
from footfall.history.reports.question import VisitDimension as Visit
from footfall.window.query import UNKNOWN

PROPERTY = "props:"

VISIT_DIMENSIONS = frozenset(get_args(Visit))


def sql(expression: Expression) -> str:
    match expression:
        case Condition():
            return _condition(expression)
        case Not(condition):
            return f"NOT {sql(condition)}"
        case AllOf(conditions):
            return "(" + " AND ".join(map(sql, conditions)) + ")"
        case AnyOf(conditions):
            return "(" + " OR ".join(map(sql, conditions)) + ")"


def _condition(condition: Condition) -> str:
    def any_of(value: str) -> str:
        tests = (_test(condition.operator, value, each) for each in condition.values)
        return "(" + " OR ".join(tests) + ")"

    if condition.dimension == "goal":
        goals = f"list_filter(coalesce(e.goals, []), lambda goal : {any_of('goal')})"
        return f"len({goals}) > 0"
    return any_of(column(condition.dimension))


def column(dimension: str) -> str:
    """The value of a dimension, as documents show it."""
    if dimension in VISIT_DIMENSIONS:
        return f"coalesce(v.{dimension}, '{UNKNOWN}')"
    if dimension.startswith(PROPERTY):
        name = dimension.removeprefix(PROPERTY).replace("~", "~0").replace("/", "~1")
        return f"coalesce(json_extract_string(e.props, {quote('/' + name)}), '')"
    return {
        "path": "e.path",
        "host": "e.host",
        "event": "CASE WHEN e.type = 'event' THEN coalesce(e.name, '') ELSE '' END",
    }[dimension]


def _test(operator: str, value: str, wanted: str) -> str:
    text = quote(wanted)
    return {
        "is": f"{value} = {text}",
        "contains": f"contains({value}, {text})",
        "starts_with": f"starts_with({value}, {text})",
        "matches": f"regexp_matches({value}, {text})",
    }[operator]
