"""What strangers can send to a public site, in ways that cost more than an honest page view."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec

from benchmarks.servers import SITE

ADDRESS = "203.0.113.66"
ADDRESSES = tuple(f"203.0.113.{number}" for number in range(66, 76))
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "https://www.example.com/"
_SITE = f"/api/analytics/sites/{SITE}"
REALTIME = f"{_SITE}/realtime"
SLOW_PATTERN = "^/[ab]*a[ab]{{1000}}{0}$"
"""Of a path, which keeps a matcher busy; each number makes another."""
METRICS = ("visitors", "visits", "pageviews", "events", "bounce_rate", "visit_duration")

Kind = Callable[[int], bytes]
"""The request of a number: each number's is different."""


def collect(event: Mapping[str, object], lines: str = "", address: str = ADDRESS) -> bytes:
    """``POST /collect``, as forwarded by a proxy on loopback. ``lines`` are more headers."""
    body = msgspec.json.encode({"s": SITE, "e": "pageview", "u": PAGE, **event})
    head = (
        f"POST /collect HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: {AGENT}\r\n"
        f"X-Forwarded-For: {address}\r\n{lines}Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def read(query: str) -> bytes:
    return get(f"{REALTIME}?{query}")


def get(target: str) -> bytes:
    head = f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {ADDRESS}\r\n\r\n"
    return head.encode()


def ask(query: Mapping[str, object]) -> bytes:
    """``POST /api/v2/query``."""
    body = msgspec.json.encode({"site_id": SITE, **query})
    head = (
        "POST /api/v2/query HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Forwarded-For: {ADDRESS}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def same_id(_number: int) -> bytes:
    return collect({"id": "the-same"})


def new_filter(number: int) -> bytes:
    return read(f"path=/f{number}")


def leave(number: int) -> bytes:
    return collect({"e": "leave", "sid": f"{number:032x}"})


def event_name(number: int) -> bytes:
    return collect({"e": "event", "p": {"name": f"{number:0128}"}})


def long_url(number: int) -> bytes:
    return collect({"u": f"{PAGE}?{number}={'x' * 8000}\U0001f600"})


def long_forwarded_for(number: int) -> bytes:
    return collect({"e": "ping", "sid": "one"}, address=f"{number}, " + "x" * 60_000)


def long_path(number: int) -> bytes:
    return collect({"e": "ping", "sid": "one", "u": f"{PAGE}{number}/{'x' * 2000}"})


def new_id(number: int) -> bytes:
    return collect({"id": f"{number:064}"})


def new_origin(number: int) -> bytes:
    return collect({}, f"Origin: https://{number}.{'x' * 400}.example\r\n")


def refused_query(number: int) -> bytes:
    return read(f"minutes=999&path=/{number}{'x' * 4000}")


def new_badge(number: int) -> bytes:
    return get(f"/badge/{SITE}.svg?path=/b{number}")


def readiness(_number: int) -> bytes:
    return get("/readyz")


def many_hours(number: int) -> bytes:
    """A report of some 9,500 rows, each time another."""
    period = f"from={_days_ago(390 + number % 20)}&to={_days_ago(0)}"
    return get(f"{_SITE}/stats?period=custom&{period}&interval=hour&limit={1 + number % 500}")


def far_past(number: int) -> bytes:
    period = f"from={1970 + number % 40}-{1 + number % 12:02}-01&to={_days_ago(0)}"
    return get(f"{_SITE}/stats?period=custom&{period}&interval=month&compare=previous")


def many_steps(number: int) -> bytes:
    period = f"from={_days_ago(30 + number % 300)}&to={_days_ago(number % 300)}"
    return get(f"{_SITE}/concurrency?{period}&step=5m")


def _days_ago(days: int) -> str:
    return (datetime.now(UTC) - timedelta(days=days)).date().isoformat()


def slow_pattern(number: int) -> bytes:
    pattern = SLOW_PATTERN.format(f"[ab]{{{number % 900}}}")
    condition = ["matches", "event:page", [pattern]]
    return ask({"metrics": ["visitors"], "date_range": "30d", "filters": [condition]})


def large_table(number: int) -> bytes:
    page = {"limit": 10_000, "offset": number % 1000}
    dimensions = ["event:page", "time:hour"]
    return ask(
        {"metrics": METRICS, "date_range": "30d", "dimensions": dimensions, "pagination": page}
    )


def in_turn(
    kinds: tuple[Kind, ...], addresses: Sequence[str] = (ADDRESS,), *, start: int = 0
) -> Iterator[bytes]:
    """One request of each kind from each address, then of the next; numbers begin at ``start``."""
    for number in count(start):
        request = kinds[number // len(addresses) % len(kinds)](number)
        yield request.replace(ADDRESS.encode(), addresses[number % len(addresses)].encode(), 1)
