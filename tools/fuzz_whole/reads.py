"""Requests of readers: every route that has parameters, by every kind of caller."""

from random import Random
from typing import get_args
from urllib.parse import quote

from footfall.history.reports.question import Metric
from footfall.model import Interval, PeriodName
from tools.fuzz_whole.requests import ADMIN, READER, STRANGER, Request, target
from tools.fuzz_whole.values import DATES, NUMBERS, Value, encoded, is_odd, odd, text
from tools.fuzz_whole.writes import CHANGING, CLOSED, OLDER, OPEN, PATHS

PERIODS: tuple[str, ...] = get_args(PeriodName)
INTERVALS: tuple[str, ...] = get_args(Interval)
FILTERS: dict[str, tuple[str, ...]] = {
    "path": ("/", "/docs*", *PATHS),
    "country": ("DE", "(unknown)"),
    "source": ("Google", "Direct"),
    "campaign": ("c",),
    "device": ("mobile", "desktop"),
    "browser": ("Firefox",),
    "os": ("Linux",),
    "event": ("signup", "Signup"),
    "goal": ("Goal 1",),
}
METRICS: tuple[str, ...] = (*get_args(Metric), "percentage", "conversion_rate")
DIMENSIONS = (
    *(
        "event:page",
        "event:hostname",
        "event:name",
        "event:goal",
        "event:props:plan",
        "event:props:a/b",
        "visit:source",
    ),
    *(
        "visit:country",
        "visit:entry_page",
        "visit:exit_page",
        "time",
        "time:hour",
        "time:day",
        "time:week",
        "time:month",
    ),
)
SOCKET = (
    *(("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Sec-WebSocket-Version", "13")),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
)


def _site(random: Random) -> str:
    name = random.choice((OPEN, OPEN, CLOSED, CLOSED, CHANGING, OLDER))
    return quote(text(random), safe="") if random.random() < 0.03 else name


def _get(random: Random, path: str, parameters: dict[str, str]) -> Request:
    caller = random.choice((ADMIN, ADMIN, READER, STRANGER))
    address = f"192.0.2.{random.randrange(250)}"
    return Request(
        "GET", target(random, path, parameters), (("X-Forwarded-For", address),), caller=caller
    )


def _filters(random: Random) -> dict[str, str]:
    chosen = random.sample(list(FILTERS), random.choice((0, 0, 0, 1, 1, 2)))
    return {
        name: text(random) if is_odd(random) else random.choice(FILTERS[name]) for name in chosen
    }


def _number(random: Random, *usual: int) -> str:
    return random.choice((*NUMBERS, text(random))) if is_odd(random) else str(random.choice(usual))


def _dates(random: Random) -> dict[str, str]:
    first, last = random.choice(DATES), random.choice(DATES)
    return (
        {"from": first, "to": last}
        if random.random() < 0.9
        else {random.choice(("from", "to")): first}
    )


def realtime(random: Random, _: int) -> Request:
    parameters = {
        "minutes": _number(random, 1, 5, 30),
        "limit": _number(random, 1, 20, 100),
        **_filters(random),
    }
    return _get(random, f"/api/analytics/sites/{_site(random)}/realtime", parameters)


def stream(random: Random, _: int) -> Request:
    parameters = {"minutes": _number(random, 5, 30), **_filters(random)}
    if random.random() < 0.5:
        parameters["position"] = random.choice(("a:1", "a:99999999999999999999", text(random)))
    way = random.choice(("stream", "ws"))
    found = _get(random, f"/sites/{_site(random)}/{way}", parameters)
    return Request(
        "GET",
        found.target,
        (*found.headers, *(SOCKET if way == "ws" else ())),
        caller=found.caller,
        is_stream=True,
    )


def stats(random: Random, _: int) -> Request:
    period = random.choice(PERIODS) if not is_odd(random) else text(random)
    parameters = {"period": period, **_filters(random)}
    if period == "custom" or random.random() < 0.05:
        parameters |= _dates(random)
    if random.random() < 0.5:
        parameters["interval"] = random.choice(INTERVALS)
    if random.random() < 0.5:
        parameters["compare"] = random.choice(("previous", "year", text(random)))
    if random.random() < 0.2:
        parameters |= {
            "limit": _number(random, 1, 1000),
            "entryPage": random.choice(("/*", "/", text(random))),
        }
    if random.random() < 0.15:
        parameters["format"] = random.choice(("csv", "parquet"))
        return _get(random, f"/api/analytics/sites/{_site(random)}/export", parameters)
    return _get(random, f"/api/analytics/sites/{_site(random)}/stats", parameters)


def concurrency(random: Random, _: int) -> Request:
    parameters = {**_dates(random), "step": random.choice(("1m", "5m", "1h", text(random)))}
    return _get(random, f"/api/analytics/sites/{_site(random)}/concurrency", parameters)


def visits(random: Random, _: int) -> Request:
    path = f"/api/analytics/sites/{_site(random)}/visits"
    if random.random() < 0.3:
        path += "/" + quote(text(random), safe="")
    return _get(random, path, {"limit": _number(random, 1, 100), **_filters(random)})


def small(random: Random, _: int) -> Request:
    """What costs little, and what is not there."""
    site = _site(random)
    path = random.choice(
        (
            f"/badge/{site}.svg",
            f"/api/analytics/sites/{site}",
            f"/api/analytics/sites/{site}/script",
            f"/api/analytics/sites/{site}/drops",
            f"/api/analytics/sites/{site}/goals",
            "/api/analytics/sites",
            "/api/analytics/overview",
            "/healthz",
            "/metrics",
            "/footfall.js",
            f"/sites/{site}",
            "/" + quote(text(random), safe="/"),
        )
    )
    return _get(random, path, {"minutes": _number(random, 5), **_filters(random)})


def query(random: Random, _: int) -> Request:
    dates: Value = random.choice(
        ("7d", "day", "all", "month", [random.choice(DATES), random.choice(DATES)])
    )
    body: dict[str, Value] = {
        "site_id": _site(random),
        "metrics": random.sample(METRICS, random.randrange(1, 5)),
        "date_range": dates,
        "dimensions": random.sample(DIMENSIONS, random.randrange(3)),
        "filters": [_filter(random, 0) for _ in range(random.randrange(3))],
        "include": {"time_labels": True, "total_rows": True, "imports": True},
        "pagination": {"limit": random.choice((1, 100)), "offset": random.choice((0, 1))},
    }
    if random.random() < 0.3:
        body["order_by"] = [
            [random.choice((*METRICS, *DIMENSIONS)), random.choice(("asc", "desc"))]
        ]
    if is_odd(random):
        body[random.choice(list(body))] = odd(random)
    headers = (("Content-Type", "application/json"), ("X-Forwarded-For", "192.0.2.9"))
    caller = random.choice((ADMIN, ADMIN, READER, STRANGER))
    return Request("POST", "/api/v2/query", headers, encoded(body), caller)


def _filter(random: Random, depth: int) -> Value:
    kind = random.randrange(8)
    if kind == 0 and depth < 12:
        return [random.choice(("and", "or")), [_filter(random, depth + 1) for _ in range(2)]]
    if kind == 1 and depth < 12:
        return ["not", _filter(random, depth + 1)]
    operator = random.choice(("is", "is_not", "contains", "contains_not", "matches", "matches_not"))
    usual = ("/", "signup", "Google", "pro", "^/d")
    values = [
        text(random) if is_odd(random) else random.choice(usual)
        for _ in range(random.choice((1, 1, 3)))
    ]
    return odd(random) if is_odd(random) else [operator, random.choice(DIMENSIONS), values]
