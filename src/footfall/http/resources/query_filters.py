"""The filters of ``POST /api/v2/query``, read into what reports can ask for."""

from collections.abc import Sequence
from typing import Any

from footfall.errors import InvalidInput
from footfall.history.reports.question import (
    AllOf,
    AnyOf,
    Condition,
    Dimension,
    Expression,
    Not,
    Operator,
    conditions,
)
from footfall.patterns import Pattern

DIMENSIONS: dict[str, Dimension] = {
    "event:page": "path",
    "event:hostname": "host",
    "event:name": "event",
    "event:goal": "goal",
    "visit:source": "source",
    "visit:utm_campaign": "campaign",
    "visit:country": "country",
    "visit:device": "device",
    "visit:browser": "browser",
    "visit:os": "os",
    "visit:region_name": "region",
    "visit:city_name": "city",
    "visit:entry_page": "entry_path",
    "visit:exit_page": "exit_path",
}
PROPERTY = "event:props:"
ACTS = ("goal", "event", "path")
OPERATORS: dict[str, Operator] = {"is": "is", "contains": "contains", "matches": "matches"}
MAX_DEPTH = 10
MAX_SHOWN = 80
"""Characters of what was given, in an error."""
MAX_VALUES = 500
"""Of all filters together: SQL of more is slow to plan."""
MAX_PROGRAMS = 1_000
"""Instructions of all patterns together."""


def read_filters(filters: Sequence[Any]) -> Expression | None:
    """Raises InvalidInput for anything but filters."""
    given = tuple(_expression(each, 0) for each in filters)
    where = AllOf(given) if given else None
    _check_size(where)
    return where


def of_visits(where: Expression | None) -> Expression | None:
    """The widest filter on visits alone: what ``where`` asks for, whatever a visitor does. Of a
    conversion rate, it has the whole."""
    return _relaxed(where, wanted=True) if where is not None else None


def dimension(name: str) -> Dimension | None:
    """Of an event or a visit."""
    if name.startswith(PROPERTY):
        return "props:" + name.removeprefix(PROPERTY)
    return DIMENSIONS.get(name)


def unknown(field: str, given: str, known: Sequence[str]) -> InvalidInput:
    shown = given if len(given) <= MAX_SHOWN else given[:MAX_SHOWN] + "…"
    return InvalidInput(
        f"{field} has {shown!r}, which this server does not know: use {', '.join(known)}",
        field=field,
    )


def _relaxed(where: Expression, *, wanted: bool) -> Expression | None:
    """``where`` (or its opposite) with every condition on acts met; None if that is always so."""
    match where:
        case Condition(name):
            if name in ACTS or name.startswith("props:"):
                return None
            return where if wanted else Not(where)
        case Not(inner):
            return _relaxed(inner, wanted=not wanted)
        case AllOf(parts) | AnyOf(parts):
            found = [_relaxed(each, wanted=wanted) for each in parts]
            some = tuple(each for each in found if each is not None)
            if isinstance(where, AllOf) == wanted:
                return AllOf(some) if some else None
            return AnyOf(some) if len(some) == len(found) else None


def _expression(given: Any, depth: int) -> Expression:
    match given:
        case ["and" | "or" as how, [_, *_] as parts] if depth < MAX_DEPTH:
            inner = tuple(_expression(each, depth + 1) for each in parts)
            return AllOf(inner) if how == "and" else AnyOf(inner)
        case ["not", part] if depth < MAX_DEPTH:
            return Not(_expression(part, depth + 1))
        case [str(operator), str(name), [_, *_] as values] if all(
            isinstance(each, str) for each in values
        ):
            return _condition(operator, name, values)
    raise InvalidInput(
        'a filter is ["is", "visit:source", ["Google"]], ["and", [filter, …]], ["or", […]] or '
        f'["not", filter], at most {MAX_DEPTH} in each other',
        field="filters",
    )


def _condition(operator: str, name: str, values: Sequence[str]) -> Expression:
    positive = operator.removesuffix("_not")
    if positive not in OPERATORS:
        operators = (*OPERATORS, *(f"{each}_not" for each in OPERATORS), "and", "or", "not")
        raise unknown("filters", operator, operators)
    found = dimension(name)
    if found is None:
        raise unknown("filters", name, (*DIMENSIONS, PROPERTY + "…"))
    condition = Condition(found, OPERATORS[positive], tuple(values))
    return condition if positive == operator else Not(condition)


def _check_size(where: Expression | None) -> None:
    found = list(conditions(where))
    if sum(len(each.values) for each in found) > MAX_VALUES:
        raise InvalidInput(f"more than {MAX_VALUES} values: ask for fewer", field="filters")
    size = 0
    for each in found:
        for text in each.values if each.operator == "matches" else ():
            size += Pattern(text, "filters").size
    if size > MAX_PROGRAMS:
        raise InvalidInput(
            "the patterns are too large together: use fewer, or repeat less in them",
            field="filters",
        )
