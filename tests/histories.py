"""Random histories of events with many edge cases, for the window and everything after it."""

from random import Random

import msgspec

from footfall.model import Event, EventType

MIDNIGHT = 1_768_435_200
"""2026-01-15T00:00:00Z"""

PATHS = ("/", "/docs", "/docs/start", "/docs/api", "/pricing", "/<b>")
COUNTRIES = ("DE", "US", "JP", None)
SOURCES = ("Google", "Direct", "ChatGPT", "news.example")
DEVICES = ("desktop", "mobile", None)
TYPES: tuple[EventType, ...] = (
    "pageview",
    "pageview",
    "event",
    "outbound",
    "ping",
    "ping",
    "leave",
)


class Shape(msgspec.Struct, frozen=True, kw_only=True):
    """How long a history is, how many people it has and how much is repeated."""

    events: int = 200
    people: int = 12
    start: int = MIDNIGHT - 900
    span: int = 3000
    """Seconds over which the events are spread."""
    repeats: float = 0.2
    """Share of events that are repeated with the same id, at the same time or later."""
    others: float = 0.0
    """Share of these that come from another person, like a phone that has changed networks."""
    gaps: float = 0.0
    """Share of events that come half an hour after another of the same person, to the ms."""
    retention_minutes: int = 30


def history(random: Random, shape: Shape) -> list[Event]:
    """Events of the sites ``a`` and ``b``, sorted by time, including repetitions. With ``others``,
    of two with one id and time the first counts."""
    events: list[Event] = []
    for number in range(shape.events):
        person = random.randrange(shape.people)
        time = (shape.start + random.randrange(shape.span)) * 1000 + random.randrange(1000)
        if events and shape.gaps and random.random() < shape.gaps:
            before = random.choice(events)
            person = before.visitor % 1000
            time = before.time + random.choice((1_799_999, 1_800_000, 1_800_001))
        events.append(_event(random, shape, f"e{number}", person, time))
        if random.random() < shape.repeats:
            again = random.choice(events)
            delay = random.choice((0, 1, 900, 30_000, 599_999, 600_000, 600_001, 900_000))
            person = again.visitor % 1000
            if shape.others and random.random() < shape.others:
                person = random.randrange(shape.people)
            events.append(_later(again, delay, person, shape))
    last = (shape.start + shape.span) * 1000
    return sorted((e for e in events if e.time < last), key=lambda e: (e.time, e.id))


def _event(random: Random, shape: Shape, event_id: str, person: int, time: int) -> Event:
    kind = random.choice(TYPES)
    visitor, previous_visitor = _hashes(person, time, shape)
    arrival = kind == "pageview" and random.random() < 0.4
    return Event(
        site=random.choice("aab"),
        time=time,
        id=event_id,
        type=kind,
        visitor=visitor,
        previous_visitor=previous_visitor,
        host="example.com",
        path=random.choice(PATHS),
        sid=random.choice((None, f"s{person}-{random.randrange(3)}", f"t{random.randrange(4)}")),
        title=random.choice((None, "A title")),
        name=random.choice(("signup", "play")) if kind == "event" else None,
        url="https://elsewhere.example/" if kind == "outbound" else None,
        source=random.choice(SOURCES) if arrival else None,
        campaign=random.choice(("spring", None)) if arrival else None,
        country=random.choice(COUNTRIES),
        device=DEVICES[person % 3],
        browser=random.choice(("Chrome", "Firefox")),
        os="Linux",
        goals=("Newsletter",) if kind in ("pageview", "event") and random.random() < 0.2 else (),
        region=(None, "Bavaria, DE")[(person + time // 60_000) % 2],
        city=(None, "Munich, Bavaria, DE", "Rome, IT")[(person + time // 60_000) % 3],
    )


def _later(event: Event, delay: int, person: int, shape: Shape) -> Event:
    """The same event again, ``delay`` ms later: if that is after midnight, under a new hash."""
    time = event.time + delay
    visitor, previous_visitor = _hashes(person, time, shape)
    return msgspec.structs.replace(
        event, time=time, visitor=visitor, previous_visitor=previous_visitor
    )


def _hashes(person: int, time: int, shape: Shape) -> tuple[int, int | None]:
    """Each day has its own hash. For one retention after midnight, events have yesterday's too."""
    day, into_day = divmod(time // 1000, 86_400)
    is_linked = into_day < shape.retention_minutes * 60
    return day * 1000 + person, (day - 1) * 1000 + person if is_linked else None


def shuffled(random: Random, events: list[Event]) -> list[Event]:
    """The same events in an order of arrival: mostly by time, some late, some twice."""
    arriving = []
    for event in events:
        late = random.choice((0, 0, 0, 2_000, 60_000, 1_500_000))
        arriving.append((event.time + late, event))
        if random.random() < 0.1:
            arriving.append((event.time + late + random.randrange(100_000), event))
    arriving.sort(key=lambda pair: pair[0])
    return [event for _, event in arriving]
