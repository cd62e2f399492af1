"""The rules of the window (``docs/window.md``) again, written in the simplest and slowest way.

It shares no code with ``footfall.window`` and looks at every event for every number.
"""

from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

import msgspec

from footfall.model import DEFAULT_MINUTES, Event, MinuteCounts

UNKNOWN = "(unknown)"
DEDUP_MS = 600_000

SECTIONS = {
    "activePages": "path",
    "locations": "country",
    "regions": "region",
    "cities": "city",
    "sources": "source",
    "campaigns": "campaign",
    "devices": "device",
    "browsers": "browser",
    "operatingSystems": "os",
}


class Oracle:
    """The correct state of the window of ``site`` at second ``now``."""

    def __init__(
        self,
        events: Iterable[Event],
        site: str,
        now: int,
        *,
        retention_minutes: int = 30,
        presence_seconds: int = 45,
    ) -> None:
        self.site = site
        self.now = now
        self.retention_minutes = retention_minutes
        oldest = now - retention_minutes * 60
        mine = [event for event in events if event.site == site and event.time // 1000 <= now]
        alive = [event for event in _counting(mine) if event.time // 1000 > oldest]
        self.aliases = {e.previous_visitor: e.visitor for e in alive if e.previous_visitor}
        self.shown = [event for event in alive if event.type != "leave"]
        self.people = {who: _visitor_attributes(own) for who, own in self._by_person().items()}
        self.present = _present(alive, now, presence_seconds, self.person)

    def person(self, event: Event) -> int:
        return self.aliases.get(event.visitor, event.visitor)

    def document(
        self, minutes: int, wanted: dict[str, str] | None = None, limit: int = 20
    ) -> dict[str, Any]:
        wanted = wanted or {}
        start = self.now - minutes * 60
        did = [event for event in self.shown if _is_deed(event, wanted)]
        doers = {self.person(event) for event in did if event.time // 1000 > start}
        current = {
            who: attributes
            for who, attributes in self.people.items()
            if who in doers and _matches(attributes, wanted)
        }
        matching = [event for event in did if _matches(_event_attributes(event), wanted)]
        acts = [e for e in matching if e.type != "ping" and e.time // 1000 > start]
        names = Counter(e.name for e in acts if e.type == "event")
        goals = Counter(goal for e in acts for goal in e.goals)
        return {
            "siteId": self.site,
            "asOf": datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "windowSeconds": minutes * 60,
            "currentVisitors": len(current),
            "presentVisitors": sum(who in self.present for who in current),
            "pageViews": sum(event.type == "pageview" for event in acts),
            **{
                section: _top(
                    Counter(each[name] for each in current.values()), name, "visitors", limit
                )
                for section, name in SECTIONS.items()
            },
            "events": _top(names, "name", "count", limit),
            "goals": _top(goals, "name", "completions", limit),
            "recentEvents": _feed(acts)[:limit],
            "perMinute": self._per_minute(matching),
        }

    def _by_person(self) -> dict[int, list[Event]]:
        people: dict[int, list[Event]] = {}
        for event in sorted(self.shown, key=lambda e: (e.time, e.id)):
            people.setdefault(self.person(event), []).append(event)
        return people

    def _per_minute(self, matching: list[Event]) -> list[dict[str, Any]]:
        by_minute: dict[int, list[Event]] = {}
        for event in matching:
            by_minute.setdefault(event.time // 60_000, []).append(event)
        current = self.now // 60
        return [
            {
                "minute": datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%dT%H:%M"),
                "pageViews": sum(e.type == "pageview" for e in by_minute.get(minute, ())),
                "visitors": len({self.person(e) for e in by_minute.get(minute, ())}),
            }
            for minute in range(current - self.retention_minutes + 1, current + 1)
        ]


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
    """The correct realtime document of ``site`` at second ``now``."""
    oracle = Oracle(
        events,
        site,
        now,
        retention_minutes=retention_minutes,
        presence_seconds=presence_seconds,
    )
    return oracle.document(minutes, wanted, limit)


def minute_counts(events: Iterable[Event], site: str, minute: int) -> MinuteCounts | None:
    """What the live counters showed at the end of ``minute``; None when nothing was."""
    document = Oracle(events, site, minute * 60 + 59).document(DEFAULT_MINUTES)
    row = document["perMinute"][-1]
    counts = MinuteCounts(
        minute,
        document["currentVisitors"],
        document["presentVisitors"],
        row["visitors"],
        row["pageViews"],
    )
    return counts if any(msgspec.structs.astuple(counts)[1:]) else None


def _counting(events: list[Event]) -> list[Event]:
    """Each event once, without those whose id was seen in the ten minutes before."""
    times_by_id: dict[str, set[int]] = {}
    for event in events:
        if event.type not in ("ping", "leave"):
            times_by_id.setdefault(event.id, set()).add(event.time)
    kept = {}
    for event in events:
        repeated = event.type not in ("ping", "leave") and any(
            event.time - DEDUP_MS <= other < event.time for other in times_by_id[event.id]
        )
        if not repeated:
            kept[event.time, event.id] = event
    return list(kept.values())


def _visitor_attributes(own: list[Event]) -> dict[str, Any]:
    arrivals = [event for event in own if event.source is not None]
    return {
        **_event_attributes(own[-1]),
        "seen": own[-1].time // 1000,
        "source": (arrivals[-1].source if arrivals else None) or UNKNOWN,
        "campaign": (arrivals[-1].campaign if arrivals else None) or UNKNOWN,
    }


def _event_attributes(event: Event) -> dict[str, Any]:
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


def _is_deed(event: Event, wanted: dict[str, str]) -> bool:
    """Whether the event is what the filter wants visitors to have done."""
    if "event" in wanted and (event.type != "event" or event.name != wanted["event"]):
        return False
    return "goal" not in wanted or wanted["goal"] in event.goals


def _matches(attributes: dict[str, Any], wanted: dict[str, str]) -> bool:
    for name, value in wanted.items():
        if name in ("event", "goal"):
            continue
        if name == "path" and value.endswith("*"):
            if not attributes["path"].startswith(value[:-1]):
                return False
        elif attributes[name] != value:
            return False
    return True


def _top(counts: Counter[Any], label: str, number: str, limit: int) -> list[dict[str, Any]]:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{label: name, number: count} for name, count in ranked[:limit]]


def _feed(acts: list[Event]) -> list[dict[str, Any]]:
    rows: list[tuple[int, str, Event, str | None]] = []
    for event in acts:
        rows.append((event.time, event.id, event, None))
        rows += [(event.time, f"{event.id}:{goal}", event, goal) for goal in event.goals]
    rows.sort(key=lambda row: row[:2], reverse=True)
    return [_feed_row(*row) for row in rows]


def public_id(row_id: str, event: Event) -> str:
    """What readers see in place of a row's id."""
    key = event.visitor.to_bytes(8, "little", signed=True)
    return urlsafe_b64encode(blake2b(row_id.encode(), key=key, digest_size=12).digest()).decode()


def _feed_row(time: int, row_id: str, event: Event, goal: str | None) -> dict[str, Any]:
    row = {
        "id": public_id(row_id, event),
        "type": "goal" if goal else event.type,
        "path": event.path,
        "timestamp": datetime.fromtimestamp(time // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": event.title,
        "name": goal or event.name,
        "url": None if goal else event.url,
        "country": event.country,
        "device": event.device,
        "source": None if goal else event.source,
    }
    return {key: value for key, value in row.items() if value is not None}
