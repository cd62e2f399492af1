"""The law of the window, written down a second time in the slowest and plainest way.

Shares no code with ``footfall.window``: it looks at every event for every number.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from footfall.model import Event

UNKNOWN = "(unknown)"
DEDUP_MS = 600_000

SECTIONS = {
    "activePages": "path",
    "locations": "country",
    "sources": "source",
    "campaigns": "campaign",
    "devices": "device",
    "browsers": "browser",
    "operatingSystems": "os",
}


def expected(
    events: Iterable[Event],
    *,
    site: str,
    now: int,
    minutes: int,
    wanted: dict[str, str] | None = None,
    limit: int = 20,
    retention_minutes: int = 30,
    presence_seconds: int = 45,
) -> dict[str, Any]:
    """The realtime document of ``site`` at second ``now``."""
    wanted = wanted or {}
    oldest = now - retention_minutes * 60
    mine = [event for event in events if event.site == site and event.time // 1000 <= now]
    alive = [event for event in _counting(mine) if event.time // 1000 > oldest]
    aliases = {event.previous_visitor: event.visitor for event in alive if event.previous_visitor}

    def person(event: Event) -> int:
        return aliases.get(event.visitor, event.visitor)

    signs = [event for event in alive if event.type != "leave"]
    people = {who: _attributes(own) for who, own in _by_person(signs, person).items()}
    present = _present(alive, now, presence_seconds, person)

    start = now - minutes * 60
    current = {
        who: facts
        for who, facts in people.items()
        if facts["seen"] > start and _matches(facts, wanted)
    }
    matching = [event for event in signs if _matches(_event_facts(event), wanted)]
    acts = [event for event in matching if event.type != "ping" and event.time // 1000 > start]

    return {
        "siteId": site,
        "asOf": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "windowSeconds": minutes * 60,
        "currentVisitors": len(current),
        "presentVisitors": sum(who in present for who in current),
        "pageViews": sum(event.type == "pageview" for event in acts),
        **{
            section: _top(Counter(f[name] for f in current.values()), name, "visitors", limit)
            for section, name in SECTIONS.items()
        },
        "events": _top(Counter(e.name for e in acts if e.type == "event"), "name", "count", limit),
        "goals": _top(
            Counter(goal for e in acts for goal in e.goals), "name", "completions", limit
        ),
        "recentEvents": _feed(acts)[:limit],
        "perMinute": _per_minute(matching, now, retention_minutes, person),
    }


def _counting(events: list[Event]) -> list[Event]:
    """Without those whose id was sighted in the ten minutes before, each event once."""
    sightings: dict[str, set[int]] = {}
    for event in events:
        if event.type not in ("ping", "leave"):
            sightings.setdefault(event.id, set()).add(event.time)
    kept = {}
    for event in events:
        repeated = event.type not in ("ping", "leave") and any(
            event.time - DEDUP_MS <= other < event.time for other in sightings[event.id]
        )
        if not repeated:
            kept[event.time, event.id] = event
    return list(kept.values())


def _by_person(signs: list[Event], person: Any) -> dict[int, list[Event]]:
    people: dict[int, list[Event]] = {}
    for event in sorted(signs, key=lambda e: (e.time, e.id)):
        people.setdefault(person(event), []).append(event)
    return people


def _attributes(own: list[Event]) -> dict[str, Any]:
    arrivals = [event for event in own if event.source is not None]
    return {
        **_event_facts(own[-1]),
        "seen": own[-1].time // 1000,
        "source": (arrivals[-1].source if arrivals else None) or UNKNOWN,
        "campaign": (arrivals[-1].campaign if arrivals else None) or UNKNOWN,
    }


def _event_facts(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) or UNKNOWN for name in SECTIONS.values()}


def _present(alive: list[Event], now: int, timeout: int, person: Any) -> set[int]:
    left = {event.sid for event in alive if event.type == "leave"}
    latest: dict[str, Event] = {}
    for event in sorted(alive, key=lambda e: (e.time, e.id)):
        if event.type != "leave" and event.sid is not None:
            latest[event.sid] = event
    return {
        person(event)
        for sid, event in latest.items()
        if sid not in left and event.time // 1000 > now - timeout
    }


def _matches(facts: dict[str, Any], wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        if name == "path" and value.endswith("*"):
            if not facts["path"].startswith(value[:-1]):
                return False
        elif facts[name] != value:
            return False
    return True


def _top(counts: Counter[Any], label: str, number: str, limit: int) -> list[dict[str, Any]]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{label: name, number: count} for name, count in ranked[:limit]]


def _feed(acts: list[Event]) -> list[dict[str, Any]]:
    rows = []
    for event in acts:
        rows.append((event.time, event.id, event, None))
        rows += [(event.time, f"{event.id}:{goal}", event, goal) for goal in event.goals]
    rows.sort(key=lambda row: row[:2], reverse=True)
    return [_feed_row(*row) for row in rows]


def _feed_row(time: int, row_id: str, event: Event, goal: str | None) -> dict[str, Any]:
    row = {
        "id": row_id,
        "type": "goal" if goal else event.type,
        "path": event.path,
        "timestamp": datetime.fromtimestamp(time // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": event.title,
        "name": goal or event.name,
        "url": None if goal else event.url,
        "country": event.country,
        "device": event.device,
    }
    return {key: value for key, value in row.items() if value is not None}


def _per_minute(
    matching: list[Event], now: int, retention_minutes: int, person: Any
) -> list[dict[str, Any]]:
    rows = []
    for minute in range(now // 60 - retention_minutes + 1, now // 60 + 1):
        inside = [event for event in matching if event.time // 60_000 == minute]
        rows.append(
            {
                "minute": datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M"),
                "pageViews": sum(event.type == "pageview" for event in inside),
                "visitors": len({person(event) for event in inside}),
            }
        )
    return rows
