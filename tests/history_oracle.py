"""The law of history (``docs/history.md``) again, written in the simplest and slowest way.

It shares no code with ``footfall.history`` and looks at every event for every number.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise, product
from typing import Any, NamedTuple

from footfall.model import Event

UNKNOWN = "(unknown)"
HALF_HOUR = 1_800_000
TEN_MINUTES = 600_000
SIGNALS = ("ping", "leave")
VISIT_VALUES = ("source", "campaign", "country", "device", "browser", "os", "region", "city")


class Visit:
    def __init__(self, person: int, events: list[Event]) -> None:
        self.person = person
        self.events = events
        self.start, self.end = events[0].time, events[-1].time
        views = [each for each in events if each.type == "pageview"]
        self.page_views = len(views)
        self.entry_path = views[0].path if views else UNKNOWN
        self.exit_path = views[-1].path if views else UNKNOWN
        self.values = {
            name: (getattr(views[0], name) if views else None) or UNKNOWN for name in VISIT_VALUES
        }
        self.acted = any(each.type in ("event", "outbound") or each.goals for each in events)
        self.engaged = _covered(_tabs(events))

    @property
    def bounced(self) -> bool:
        return self.page_views == 1 and not self.acted and self.engaged < 10_000


class Chosen(NamedTuple):
    """An event and its visit."""

    event: Event
    visit: Visit

    def value(self, dimension: str) -> str:
        if dimension in VISIT_VALUES:
            return self.visit.values[dimension]
        if dimension in ("entry_path", "exit_path"):
            return str(getattr(self.visit, dimension))
        if dimension == "event":
            return (self.event.name or "") if self.event.type == "event" else ""
        return str(getattr(self.event, dimension))


def _tabs(events: Iterable[Event]) -> list[tuple[int, int]]:
    times = defaultdict(list)
    for each in events:
        if each.sid is not None:
            times[each.sid].append(each.time)
    return [(min(seen), max(seen)) for seen in times.values()]


def _covered(spans: Iterable[tuple[int, int]]) -> int:
    covered, reached = 0, -1
    for begin, end in sorted(spans):
        covered += max(0, end - max(begin, reached))
        reached = max(reached, end)
    return covered


def counting(events: Iterable[Event]) -> list[Event]:
    """Those that count, each once, in order."""
    seen: dict[str, int] = {}
    signals = set()
    kept = []
    for each in sorted(events, key=lambda each: (each.time, each.id)):
        if each.type in SIGNALS:
            signal = (each.type, each.visitor, each.sid, each.path, each.time)
            if signal not in signals:
                kept.append(each)
            signals.add(signal)
            continue
        before = seen.get(each.id)
        if before is None or each.time - before > TEN_MINUTES:
            kept.append(each)
        seen[each.id] = each.time
    return kept


def persons(kept: Sequence[Event]) -> Callable[[int], int]:
    """A function from a hash to the person's first, which is of the day before at most."""
    first: dict[int, int] = {}
    last: dict[int, int] = {}
    previous: dict[int, int] = {}
    for each in kept:
        first.setdefault(each.visitor, each.time)
        last[each.visitor] = each.time
        if each.previous_visitor is not None:
            previous[each.visitor] = each.previous_visitor

    def is_linked(visitor: int) -> bool:
        before = previous.get(visitor)
        if before not in last or not 0 <= first[visitor] - last[before] < HALF_HOUR:
            return False
        return not is_linked(before)

    return lambda visitor: previous[visitor] if is_linked(visitor) else visitor


def visits(events: Iterable[Event], site: str) -> list[Visit]:
    kept = counting(each for each in events if each.site == site)
    person = persons(kept)
    by_person = defaultdict(list)
    for each in kept:
        by_person[person(each.visitor)].append(each)
    found = []
    for who, own in by_person.items():
        run = [own[0]]
        for before, each in pairwise(own):
            if each.time - before.time >= HALF_HOUR:
                found.append(Visit(who, run))
                run = []
            run.append(each)
        found.append(Visit(who, run))
    return found


def answer(
    found: Sequence[Visit],
    edges: Sequence[int],
    matches: Callable[[Chosen], bool] = lambda _: True,
    limit: int = 20,
) -> dict[str, Any]:
    """What ``reports.question.Answer`` has, as builtins."""
    begin, end = edges[0], edges[-1]
    chosen = [
        Chosen(event, visit)
        for visit in found
        for event in visit.events
        if begin <= event.time < end and event.type != "leave"
    ]
    chosen = [each for each in chosen if matches(each)]
    return {
        "counted": _counted(chosen, edges),
        "visitors_by": {
            name: _top(chosen, limit, partial(_values, name), "persons") for name in VISIT_VALUES
        },
        "entry_pages": _top(chosen, limit, lambda each: [each.visit.entry_path], "visits"),
        "exit_pages": _top(chosen, limit, lambda each: [each.visit.exit_path], "visits"),
        "pages": _top(chosen, limit, lambda each: [each.event.path], "persons", "views"),
        "events": _top(
            chosen,
            limit,
            lambda each: [each.event.name] if each.event.type == "event" else [],
            "events",
            "persons",
        ),
        "goals": _top(chosen, limit, lambda each: each.event.goals, "events", "persons"),
    }


def _values(dimension: str, chosen: Chosen) -> list[str]:
    return [chosen.value(dimension)]


def table(
    found: Sequence[Visit],
    edges: Sequence[int],
    dimensions: Sequence[str],
    matches: Callable[[Chosen], bool] = bool,
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Every metric of ``reports.table`` by the values of ``dimensions``."""
    begin, end = edges[0], edges[-1]
    groups = defaultdict(list)
    for visit in found:
        for event in visit.events:
            each = Chosen(event, visit)
            if begin <= event.time < end and event.type != "leave" and matches(each):
                for key in product(*(_keys(each, name, edges) for name in dimensions)):
                    groups[key].append(each)
    return {key: _metrics(rows, begin, end) for key, rows in groups.items()}


def _keys(each: Chosen, dimension: str, edges: Sequence[int]) -> Sequence[Any]:
    if dimension == "goal":
        return each.event.goals
    if dimension == "time":
        return [bisect_right(edges, each.event.time) - 1]
    value = each.value(dimension)
    return [value] if value or dimension != "event" else []


def _metrics(rows: Sequence[Chosen], begin: int, end: int) -> dict[str, Any]:
    begun = {
        id(each.visit): each.visit for each in rows if begin <= each.visit.start < end
    }.values()

    def mean(values: Iterable[float]) -> float | None:
        return sum(values) / len(begun) if begun else None

    return {
        "visitors": _number(rows, "persons"),
        "visits": _number(rows, "visits"),
        "pageviews": _number(rows, "views"),
        "events": sum(each.event.type != "ping" for each in rows),
        "bounce_rate": mean(100 * each.bounced for each in begun),
        "visit_duration": mean((each.end - each.start) / 1000 for each in begun),
        "views_per_visit": mean(each.page_views for each in begun),
    }


def _counted(chosen: Sequence[Chosen], edges: Sequence[int]) -> dict[str, Any]:
    begun = {
        id(each.visit): each.visit for each in chosen if edges[0] <= each.visit.start < edges[-1]
    }.values()
    series = []
    for begin, end in pairwise(edges):
        rows = [each for each in chosen if begin <= each.event.time < end]
        series.append([_number(rows, what) for what in ("persons", "visits", "views")])
    return {
        "totals": {
            "visitors": _number(chosen, "persons"),
            "visits": _number(chosen, "visits"),
            "page_views": _number(chosen, "views"),
            "begun": len(begun),
            "begun_views": sum(each.page_views for each in begun),
            "bounces": sum(each.bounced for each in begun),
            "visit_ms": sum(each.end - each.start for each in begun),
            "engaged_ms": sum(each.engaged for each in begun),
            "begun_imported": 0,
        },
        "series": series,
    }


def _number(rows: Iterable[Chosen], what: str) -> int:
    if what == "persons":
        return len({each.visit.person for each in rows})
    if what == "visits":
        return len({id(each.visit) for each in rows})
    if what == "views":
        return sum(each.event.type == "pageview" for each in rows)
    return sum(1 for _ in rows)


def _top(
    chosen: Sequence[Chosen], limit: int, values: Callable[[Chosen], Iterable[Any]], *what: str
) -> list[Any]:
    groups = defaultdict(list)
    for each in chosen:
        for value in values(each):
            groups[value].append(each)
    rows = [[value, *(_number(group, each) for each in what)] for value, group in groups.items()]
    return sorted(rows, key=lambda row: (-row[1], row[0]))[:limit]
