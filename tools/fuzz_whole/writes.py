"""Requests that bring events: ``/collect``, the dialects of other scripts, imports."""

from collections.abc import Callable
from random import Random
from typing import Any

from tools.fuzz_whole.requests import ADMIN, IMPORTER, STRANGER, WRITER, Request
from tools.fuzz_whole.values import (
    ADDRESSES,
    AGENTS,
    NUMBERS,
    ODD_AGENTS,
    TEXTS,
    ZONES,
    Raw,
    Value,
    damaged,
    encoded,
    is_odd,
    odd,
    text,
)

OPEN, CLOSED, CHANGING, OLDER = "open", "closed", "changing", "older"
"""Sites: a public one whose past is public, a private one, one whose rules change, and one into
which older events are imported."""
COUNTED = (OPEN, CLOSED, CHANGING)
"""Every event of these comes by the log."""
KINDS = ("pageview", "pageview", "pageview", "event", "outbound", "ping", "ping", "leave")
PATHS = (
    "/",
    "/docs",
    "/docs/a",
    "/caf\u00e9",
    "/%E2%82%AC",
    "/signup",
    "/a b",
    "/x*y",
    "/index.html?utm_source=n&utm_campaign=c",
)
HALF_HOUR_MS = 1_800_000

Field = Callable[[Random, int], Value]


def _url(random: Random, _: int) -> str:
    return f"https://{random.choice(('shop.example', 'www.shop.example'))}{random.choice(PATHS)}"


def _time(random: Random, now: int) -> int:
    return now - random.choice((0, 1, 900, 60_000, 599_999, 600_001, 1_200_000, 1_799_000))


def _props(random: Random, _: int) -> dict[str, Any]:
    found: dict[str, Any] = {"name": random.choice(("signup", "play", "b\u00fcy"))}
    for _ in range(random.randrange(4)):
        found[random.choice(("plan", "value", "a/b", "a~b", "", "url"))] = random.choice(
            ("pro", 1, -2.5, True, None, Raw(random.choice(NUMBERS)), random.choice(TEXTS))
        )
    return found


FIELDS: dict[str, Field] = {
    "u": _url,
    "r": lambda random, _: random.choice(("https://www.google.com/q", "android-app://x", "", "/")),
    "t": lambda random, _: random.choice(("A title", "\u00dcber uns", "<b>")),
    "sid": lambda random, _: f"tab{random.randrange(20)}",
    "id": lambda random, _: f"id{random.randrange(400)}",
    "sw": lambda random, _: random.choice((390, 1440)),
    "sh": lambda *_: 900,
    "p": _props,
    "en": lambda *_: "signup",
    "ev": lambda random, _: random.choice((1, "a", Raw(random.choice(NUMBERS)))),
    "ts": _time,
    "ip": lambda random, _: f"198.51.100.{random.randrange(12)}",
    "ua": lambda random, _: random.choice(AGENTS),
}
OPTIONAL = tuple(each for each in FIELDS if each not in ("u", "ts", "ip", "ua"))


def event(random: Random, site: str, now: int) -> dict[str, Value]:
    """In our wire form, with some odd fields."""
    kind = random.choice(KINDS)
    given: dict[str, Value] = {"s": site, "e": kind}
    names = ["u", "ts", "ip", "ua", *random.sample(OPTIONAL, random.randrange(5))]
    if kind == "event":
        names.append("p")
    for name in names:
        given[name] = FIELDS[name](random, now)
    if kind == "outbound":
        given["p"] = {"url": "https://elsewhere.example/"}
    if is_odd(random):
        given[random.choice(("s", "e", *FIELDS, text(random)))] = odd(random)
    return given


def collect(random: Random, now: int) -> Request:
    events = [
        event(random, random.choice(COUNTED), now) for _ in range(random.choice((1, 1, 1, 2, 9)))
    ]
    is_trusted = random.random() < 0.7
    if is_trusted:  # with one site's token
        for each in events:
            each["s"] = CLOSED
    form = random.randrange(3)
    if form == 0 or len(events) == 1:
        body = encoded(events[0])
    else:
        body = encoded(events) if form == 1 else b"\n".join(map(encoded, events))
    path = random.choice(("/collect", "/collect", "/t", "/api/analytics/collect"))
    return _post(random, path, body, WRITER if is_trusted else STRANGER)


def plausible(random: Random, now: int) -> Request:
    given: dict[str, Value] = {
        "n": random.choice(
            ("pageview", "pageview", "engagement", "Signup", "Outbound Link: Click")
        ),
        "u": _url(random, now),
        "d": random.choice((OPEN, CLOSED, CHANGING, f"{OPEN},{CLOSED}")),
    }
    if random.random() < 0.5:
        given["p"] = random.choice(
            (_props(random, now), encoded(_props(random, now)).decode(errors="replace"))
        )
    if is_odd(random):
        given[random.choice(("n", "u", "d", "r", "p", "props", "h", "url", "name", "domain"))] = (
            odd(random)
        )
    return _post(random, "/api/event", encoded(given), STRANGER)


def umami(random: Random, now: int) -> Request:
    payload: dict[str, Value] = {
        "website": random.choice(COUNTED),
        "url": random.choice(PATHS),
        "hostname": "shop.example",
        "screen": random.choice(
            ("1440x900", "390x844", random.choice(NUMBERS) + "x1", "x", "1" * 4300)
        ),
        "title": "Title",
    }
    if random.random() < 0.4:
        payload |= {"name": "signup", "data": _props(random, now)}
    if is_odd(random):
        payload[random.choice((*payload, "referrer", "data", "name"))] = odd(random)
    given: dict[str, Value] = {
        "type": random.choice(("event", "event", "identify")),
        "payload": payload,
    }
    if random.random() < 0.02:
        given["payload"] = odd(random)
    return _post(random, "/api/send", encoded(given), STRANGER)


def older_lines(random: Random, now: int, count: int) -> bytes:
    """NDJSON of events of any age, for ``OLDER``."""
    lines = []
    for _ in range(count):
        given = event(random, OLDER, now)
        age = random.choice((HALF_HOUR_MS, 86_400_000, 40 * 86_400_000, 400 * 86_400_000))
        given["ts"] = now - age * random.randrange(1, 3)
        if random.random() < 0.03:
            given["ts"] = Raw(random.choice(NUMBERS))
        lines.append(encoded(given))
    return b"\n".join(lines)


def imported(random: Random, now: int) -> Request:
    lines = older_lines(random, now, random.randrange(1, 12))
    end = encoded(
        {
            "to": random.choice((random.randrange(10_000), odd(random)))
            if is_odd(random)
            else 1 << 40
        }
    )
    source = random.choice(("access.log", "a", "x" * 70, "%00", "..", "%2e%2e", "caf\u00e9"))
    path = f"/api/analytics/sites/{OLDER}/imports/{source}{random.randrange(1_000)}"
    if random.random() < 0.2:
        path += f"?from={random.choice(NUMBERS)}"
    if random.random() < 0.2:
        return Request("GET", path, caller=IMPORTER)
    return _post(random, path, lines + b"\n" + end, IMPORTER)


def changed_rules(random: Random, _: int) -> Request:
    site = f"/api/analytics/sites/{CHANGING}"
    if random.random() < 0.5:
        change: dict[str, Value] = {
            "timeZone": random.choice(ZONES),
            "name": random.choice(("Name", text(random))),
            "excludePaths": random.choice(([], ["/private*"], [text(random)])),
            "excludeIps": random.choice(([], ["192.0.2.0/24"], [random.choice(ADDRESSES)])),
            "aliases": [
                f"alias{random.randrange(9)}",
                *((text(random),) if is_odd(random) else ()),
            ],
        }
        names = random.sample(list(change), random.randrange(1, 4))
        body: Value = {name: change[name] for name in names}
        return _sent(random, "PATCH", site, body)
    goal: dict[str, Value] = {
        "name": f"Goal {random.randrange(9)}",
        "kind": random.choice(("path", "event")),
        "match": random.choice(("exact", "starts_with", "pattern")),
        "value": random.choice(("/signup", "signup", "^/docs", text(random))),
    }
    if is_odd(random):
        goal[random.choice(list(goal))] = odd(random)
    return _sent(random, "POST", site + random.choice(("/goals", "/goals/trial")), goal)


def _sent(random: Random, method: str, path: str, body: Value) -> Request:
    raw = odd(random) if random.random() < 0.03 else body
    return Request(method, path, (("Content-Type", "application/json"),), encoded(raw), ADMIN)


def _post(random: Random, path: str, body: bytes, caller: str) -> Request:
    if random.random() < 0.06:
        body = damaged(random, body)
    agent = random.choice(ODD_AGENTS if is_odd(random) else AGENTS)
    address = random.choice(ADDRESSES) if is_odd(random) else f"203.0.113.{random.randrange(200)}"
    headers = [("User-Agent", agent), ("X-Forwarded-For", address)]
    headers.append(
        ("Content-Type", random.choice(("application/json", "text/plain", "application/x-ndjson")))
    )
    if is_odd(random):
        name = random.choice(
            ("Origin", "DNT", "Sec-GPC", "Referer", "Accept-Language", "Cookie", "Content-Type")
        )
        headers.append((name, random.choice(TEXTS).replace("\r\n", " ").replace("\0", "")))
    return Request("POST", path, tuple(headers), body, caller)
