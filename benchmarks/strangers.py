"""What one stranger can send to a public site, in ways that cost more than an honest page view."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count

import msgspec

from benchmarks.servers import SITE

ADDRESS = "203.0.113.66"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PAGE = "https://www.example.com/"
REALTIME = f"/api/analytics/sites/{SITE}/realtime"

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
    head = (
        f"GET {REALTIME}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: {ADDRESS}\r\n\r\n"
    )
    return head.encode()


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


def in_turn(kinds: tuple[Kind, ...]) -> Iterator[bytes]:
    for number in count():
        yield kinds[number % len(kinds)](number)
