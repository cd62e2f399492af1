"""What the SDK for Python servers costs an application, and how much it delivers.

The applications are those of the tests, in a process each; the server is on the other core.
"""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks import servers
from benchmarks.figures import Figure, record
from footfall_sdk import Footfall, Visit
from footfall_sdk.asgi import FootfallMiddleware as AsgiMiddleware
from footfall_sdk.wsgi import FootfallMiddleware as WsgiMiddleware
from tests.sdk.gate import Gate, Mood, gate
from tests.sdk.shops import Shop, shop

FRAMEWORKS = ("starlette", "fastapi", "flask", "django wsgi", "django asgi")
REQUESTS = 20_000
EVENTS = 200_000
SHOP_REQUESTS = 1_000
ROUNDS = 5
BROWSER = {
    "host": "shop.example",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "accept": "text/html,application/xhtml+xml",
    "accept-language": "en-US,en;q=0.5",
    "accept-encoding": "gzip, deflate, br, zstd",
    "connection": "keep-alive",
    "cookie": "session=0123456789abcdef",
    "sec-fetch-dest": "document",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "same-origin",
}
PEER = "203.0.113.7"


@contextmanager
def feeding(**options: Any) -> Iterator[Footfall]:
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        footfall = Footfall(server.url, servers.SITE, server.tokens["write"], **options)
        yield footfall
        if not footfall.flush(60):
            raise RuntimeError("not everything was delivered within a minute")
        lost = footfall.counters
        if lost.overflowed or lost.invalid or lost.refused or lost.dropped:
            raise RuntimeError(f"events were lost: {lost}")


def asgi_seconds(footfall: Footfall | None) -> float:
    """Of so many requests to an application that does nothing else."""
    start = {"type": "http.response.start", "status": 200}
    start["headers"] = [(b"content-type", b"text/html; charset=utf-8")]
    body = {"type": "http.response.body", "body": b""}

    async def app(_: Any, __: Any, send: Any) -> None:
        await send(start)
        await send(body)

    async def ignored(*_: Any) -> None:
        pass

    async def requests() -> float:
        served: Any = app if footfall is None else AsgiMiddleware(app, footfall)
        headers = [(name.encode(), value.encode()) for name, value in BROWSER.items()]
        scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "scheme": "http"}
        scope |= {"query_string": b"a=1", "headers": headers, "client": (PEER, 1)}
        began = time.perf_counter()
        for _ in range(REQUESTS):
            await served(scope, ignored, ignored)
        return time.perf_counter() - began

    return asyncio.run(requests())


def wsgi_seconds(footfall: Footfall | None) -> float:
    def app(_: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [b""]

    served: Any = app if footfall is None else WsgiMiddleware(app, footfall)
    environ = {f"HTTP_{name.replace('-', '_').upper()}": value for name, value in BROWSER.items()}
    environ |= {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "a=1"}
    environ |= {"REMOTE_ADDR": PEER, "SERVER_NAME": "shop", "SERVER_PORT": "80"}
    began = time.perf_counter()
    for _ in range(REQUESTS):
        served(environ, lambda *_: None)
    return time.perf_counter() - began


def added(seconds: Callable[[Footfall | None], float]) -> float:
    """Microseconds that the middleware adds to a request, in the median of the rounds."""
    with feeding(queue_size=ROUNDS * REQUESTS) as footfall:
        rounds = [seconds(footfall) - seconds(None) for _ in range(ROUNDS)]
    return statistics.median(rounds) / REQUESTS * 1e6


def events_per_second() -> list[float]:
    """From the first call to the last answer."""
    visit = Visit(PEER, BROWSER["user-agent"], "https://shop.example/pricing?a=1")
    rounds = []
    with feeding(queue_size=EVENTS) as footfall:
        for _ in range(ROUNDS):
            began = time.perf_counter()
            for number in range(EVENTS):
                footfall.page_view(visit._replace(ip=f"10.{number >> 16}.{number >> 8 & 255}.1"))
            footfall.flush(60)
            rounds.append(EVENTS / (time.perf_counter() - began))
    return rounds


def p99(shop: Shop) -> float:
    """Milliseconds."""
    took = []
    for _ in range(SHOP_REQUESTS):
        began = time.perf_counter()
        shop.view()
        took.append(time.perf_counter() - began)
    return statistics.quantiles(took, n=100)[98] * 1_000


def troubles(framework: str, upstream: Gate, token: str) -> dict[str, float]:
    """Milliseconds by which each trouble raises the application's p99 over that of one whose SDK
    is switched off, in the median of the rounds."""
    found: dict[str, list[float]] = {}
    options: dict[str, Any] = {"site": servers.SITE}
    with (
        shop(framework, upstream.url, token, enabled=False, **options) as without,
        shop(framework, upstream.url, token, **options) as running,
    ):
        p99(without)  # warm
        p99(running)
        for _ in range(ROUNDS):
            quiet = p99(without)
            for mood in (Mood.UP, Mood.DOWN, Mood.SLOW, Mood.BUSY):
                running.wait_until_sent()
                upstream.become(mood)
                found.setdefault(mood.value, []).append(p99(running) - quiet)
                upstream.become(Mood.UP)
            running.wait_until_sent()
    return {mood: round(statistics.median(each), 3) for mood, each in found.items()}


def all_troubles() -> dict[str, dict[str, float]]:
    with (
        servers.disk_folder() as folder,
        servers.footfall(folder) as server,
        gate(server.url) as upstream,
    ):
        token = server.tokens["write"]
        return {each: troubles(each, upstream, token) for each in FRAMEWORKS}


def measure() -> list[Figure]:
    middleware = {"ASGI": added(asgi_seconds), "WSGI": added(wsgi_seconds)}
    rates = events_per_second()
    raised = all_troubles()
    return [
        Figure(
            name="SDK: time that the middleware adds to a request, the larger of ASGI and WSGI",
            value=max(middleware.values()),
            unit="µs",
            bar=50,
            sense="at most",
            details={name: round(value, 1) for name, value in middleware.items()},
        ),
        Figure(
            name="SDK: events/s from one process, delivered",
            value=statistics.median(rates),
            unit="events/s",
            bar=20_000,
            sense="at least",
            details={"rounds": [round(rate) for rate in rates]},
        ),
        Figure(
            name="SDK: what a server that is down, slow or busy adds to an application's p99",
            value=max(each[mood] for each in raised.values() for mood in ("down", "slow", "busy")),
            unit="ms",
            bar=1,
            sense="at most",
            details={"requests": SHOP_REQUESTS, "rounds": ROUNDS, **raised},
        ),
    ]


if __name__ == "__main__":
    record("sdk", measure())
