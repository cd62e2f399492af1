"""``/collect`` as a browser or a server calls it: through ASGI, and answered by the connection."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.types import Message

from footfall.collect.address import TrustedProxies
from footfall.collect.caller import Callers
from footfall.collect.rate_limit import RateLimiter
from footfall.engines.memory import MemoryEventLog
from footfall.http.resources.collect import BodyLimits, CollectEndpoint
from footfall.http.serving.direct_collect import MAX_BYTES
from tests.collecting import ClientOf, by_connection, through_asgi
from tests.events import stored
from tests.ingesting import CHROME, NOW, encoded, new_ingest, rules, wire

SITES = (
    rules(),
    rules(id="b", domains=("b.example",), exclude_paths=("/admin*",), exclude_ips=("8.8.8.8",)),
)
SERVER = {"authorization": "Bearer secret"}


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


def endpoint(
    log: MemoryEventLog, per_second: float = 0, clock: Callable[[], int] = lambda: NOW
) -> CollectEndpoint:
    limiter = RateLimiter(per_second)
    write_site = {"secret": "a", "secret-b": "b"}.get
    callers = Callers(TrustedProxies(("127.0.0.0/8",)), limiter, write_site, clock)
    return CollectEndpoint(new_ingest(log, *SITES, limiter=limiter), callers, BodyLimits())


@pytest.fixture(params=[through_asgi, by_connection])
def client_of(request: pytest.FixtureRequest) -> ClientOf:
    """Connects to an endpoint in each of the ways in which it is served."""
    way: ClientOf = request.param
    return way


@pytest.fixture
async def client(log: MemoryEventLog, client_of: ClientOf) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(endpoint(log)) as client:
        yield client


@pytest.mark.parametrize("kind", ["application/json", "application/x-ndjson", "text/plain", None])
@pytest.mark.parametrize(
    ("body", "count"),
    [
        (encoded(wire()), 1),
        (encoded(wire(), wire()), 2),
        (encoded(wire()) + b"\n" + encoded(wire()) + b"\n", 2),
    ],
)
async def test_the_format_is_recognized_from_the_body(
    client: httpx.AsyncClient, log: MemoryEventLog, kind: str | None, body: bytes, count: int
) -> None:
    headers = {} if kind is None else {"content-type": kind}

    reply = await client.post("/collect", content=body, headers=headers)

    assert reply.status_code == 204
    assert reply.content == b""
    assert "footfall-dropped" not in reply.headers
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in reply.headers
    assert len(await stored(log)) == count


@pytest.mark.parametrize(
    ("event", "headers", "dropped"),
    [
        (wire(), {"user-agent": ""}, "bot=1"),
        (wire(), {"user-agent": "curl/8"}, "bot=1"),
        (wire(), {"dnt": "1"}, "do_not_track=1"),
        (wire(), {"sec-gpc": "1"}, "do_not_track=1"),
        (wire(s="b"), {}, "foreign_host=1"),
        (wire(s="b", u="https://b.example/"), {"origin": "https://c.example"}, "foreign_host=1"),
        (wire(s="b", u="https://b.example/admin/1"), {}, "excluded_path=1"),
        (wire(s="b", u="https://b.example/"), {"x-forwarded-for": "8.8.8.8"}, "excluded_ip=1"),
        (wire(ts=NOW - 10**9), SERVER, "stale=1"),
        (wire(ts=NOW + 10**9), SERVER, "future=1"),
    ],
)
async def test_a_dropped_event_is_reported_and_not_stored(
    client: httpx.AsyncClient,
    log: MemoryEventLog,
    event: dict[str, Any],
    headers: dict[str, str],
    dropped: str,
) -> None:
    reply = await client.post("/collect", content=encoded(event), headers=headers)

    assert reply.status_code == 204
    assert reply.headers["footfall-dropped"] == dropped
    assert "footfall-dropped" in reply.headers["access-control-expose-headers"]
    assert await stored(log, event["s"]) == []


async def test_dropped_events_of_a_body_are_summed(client: httpx.AsyncClient) -> None:
    bot = wire(ua="curl/8", ip="203.0.113.9")
    body = encoded(bot, wire(ts=0), wire(), bot)

    reply = await client.post("/collect", content=body, headers=SERVER)

    assert reply.headers["footfall-dropped"] == "bot=2, stale=1"


async def test_of_many_tiny_events_each_is_counted(client: httpx.AsyncClient) -> None:
    body = b'{"s":"a","e":"x"}\n' * 900

    reply = await client.post("/collect", content=body)

    assert len(body) < MAX_BYTES
    assert reply.headers["footfall-dropped"] == "unsupported=900"


def bad_bodies() -> Iterator[tuple[str, bytes, int, str | None]]:
    """Name, body, status, field."""
    yield "empty", b"", 400, None
    yield "blank", b" \n ", 400, None
    yield "not JSON", b"hello", 400, None
    yield "a number", b"7", 400, None
    yield "null", b"null", 400, None
    yield "cut short", b'{"s":"a"', 400, None
    yield "two on a line", encoded(wire()) * 2, 400, None
    yield "an array in an array", b"[[]]", 400, "[0]"
    yield "wrong type", encoded(wire(u=7)), 400, "u"
    yield "no type", encoded(wire(e=None)), 400, "e"
    yield "type that is no text", encoded(wire(e=7)), 400, "e"
    yield "no URL", encoded(wire(u="/docs")), 400, "u"
    yield "URL without host", encoded(wire(u="https:///docs")), 400, "u"
    yield "data URL", encoded(wire(u="data:text/html,x")), 400, "u"
    yield "negative size", encoded(wire(sw=-1)), 400, "sw"
    yield "size that is no whole number", encoded(wire(sh=1.5)), 400, "sh"
    yield "NUL escaped", encoded(wire(t="a\0b")), 400, "t"
    yield "NUL raw", encoded(wire()).replace(b"pageview", b"page\0view"), 400, None
    yield "lone surrogate", encoded(wire(t="@")).replace(b"@", b"\\udc00"), 400, None
    yield "not UTF-8", encoded(wire(t="@")).replace(b"@", b"\xc3("), 400, None
    yield "huge string", encoded(wire(t="x" * 30_000)), 400, "t"
    yield "number past 64 bits", encoded(wire(p={"n": 2**64})), 400, "p"
    yield "value past 64 bits", encoded(wire(e="event", en="n", ev=2**63)), 400, "ev"
    yield "infinite number", encoded(wire(p={"n": "@"})).replace(b'"@"', b"1e999"), 400, "p"
    yield "many properties", encoded(wire(p={str(n): n for n in range(999)})), 400, "p"
    yield "nested property", encoded(wire(p={"a": {}})), 400, "p"
    yield "deep array", b"[" * 60_000, 400, None
    yield "deep object", encoded(wire(x="@")).replace(b'"@"', b'{"a":' * 9_000), 400, None
    yield "third is wrong", encoded(wire(), wire(), wire(u=1)), 400, "[2].u"
    yield "no site", encoded(wire(s="nobody")), 404, None
    yield "10 MB", b"[" + b" " * 10_000_000 + b"]", 413, None


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [pytest.param(*case[1:], id=case[0]) for case in bad_bodies()],
)
async def test_bad_input_is_refused_with_a_reason_and_not_stored(
    client: httpx.AsyncClient, log: MemoryEventLog, body: bytes, status: int, field: str | None
) -> None:
    reply = await client.post("/collect", content=body)

    assert reply.status_code == status
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.json()["error"]
    assert reply.json().get("field") == field
    assert await stored(log) == []


@pytest.mark.parametrize(
    "event",
    [
        wire(extra={"deep": [1]}),
        wire(u="https://user:pw@example.com:8443/a b?x#y"),
        wire(u="https://bücher.example/"),
        wire(u="http://[::1]:8000/"),
        wire(r="nonsense", t="", sid="x" * 64, sw=0, sh=0),
        wire(p={"n": 2**63 - 1, "l": -(2**63), "f": 1e300, "t": "é" * 2000}),
    ],
)
async def test_unusual_but_valid_input_is_accepted(
    client: httpx.AsyncClient, event: dict[str, Any]
) -> None:
    reply = await client.post("/collect", content=encoded(event))

    assert reply.status_code == 204
    assert "footfall-dropped" not in reply.headers


async def test_a_write_token_may_send_more_at_once(client: httpx.AsyncClient) -> None:
    body = encoded(*[wire(t="x" * 1000) for _ in range(100)])
    array = b"[" + b",".join([b"0"] * 100_000) + b"]"

    assert (await client.post("/collect", content=body)).status_code == 413
    assert (await client.post("/collect", content=body, headers=SERVER)).status_code == 204
    assert (await client.post("/collect", content=array, headers=SERVER)).status_code == 413
    large = b" " * (4 * 1024 * 1024 + 1)
    assert (await client.post("/collect", content=large, headers=SERVER)).status_code == 413


@pytest.mark.parametrize(
    ("authorization", "status"), [("Bearer wrong", 401), ("Bearer secret-b", 403)]
)
async def test_a_token_without_permission_is_refused(
    client: httpx.AsyncClient, authorization: str, status: int
) -> None:
    headers = {"authorization": authorization}

    reply = await client.post("/collect", content=encoded(wire(ts=NOW)), headers=headers)

    assert reply.status_code == status


async def test_the_rate_limit_answers_429(log: MemoryEventLog, client_of: ClientOf) -> None:
    app = endpoint(log, per_second=1)
    async with client_of(app) as client:
        codes = [(await client.post("/collect", content=encoded(wire()))) for _ in range(3)]

    assert [reply.status_code for reply in codes] == [204, 204, 429]
    assert codes[-1].headers["retry-after"]
    assert app.refused == {429: 1}


async def test_the_rate_limit_counts_events_and_not_requests(
    log: MemoryEventLog, client_of: ClientOf
) -> None:
    app, batch = endpoint(log, per_second=10), encoded(*[wire()] * 19)
    async with client_of(app) as client:
        codes = [(await client.post("/collect", content=batch)).status_code for _ in range(3)]
        trusted = await client.post("/collect", content=batch, headers=SERVER)

    assert codes == [204, 429, 429]
    assert trusted.status_code == 204
    assert len(await stored(log)) == 2 * 19


async def test_a_store_that_is_down_answers_503(
    client: httpx.AsyncClient, log: MemoryEventLog
) -> None:
    await log.close()

    reply = await client.post("/collect", content=encoded(wire()))

    assert reply.status_code == 503
    assert int(reply.headers["retry-after"]) > 0
    assert "retry-after" in reply.headers["access-control-expose-headers"]


async def test_a_preflight_lets_any_origin_post(client: httpx.AsyncClient) -> None:
    headers = {
        "origin": "https://example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, content-type",
    }

    reply = await client.options("/collect", headers=headers)

    assert reply.status_code == 204
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["access-control-allow-methods"] == "POST"
    assert reply.headers["access-control-allow-headers"] == "authorization, content-type"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_other_methods_get_405_and_the_allowed_methods(
    client: httpx.AsyncClient, method: str
) -> None:
    reply = await client.request(method, "/collect")

    assert reply.status_code == 405
    assert reply.headers["allow"] == "OPTIONS, POST"


async def test_a_body_may_arrive_in_pieces_or_be_cut_off(log: MemoryEventLog) -> None:
    body = encoded(wire())
    pieces: list[Message] = [
        {"type": "http.request", "body": body[:9], "more_body": True},
        {"type": "http.request", "body": body[9:]},
    ]
    gone: list[Message] = [*pieces[:1], {"type": "http.disconnect"}]

    assert await statuses(log, pieces) == [204]
    assert await statuses(log, gone) == []
    assert len(await stored(log)) == 1


async def statuses(log: MemoryEventLog, messages: list[Message]) -> list[int]:
    """The statuses sent to a caller without a network address, as on a Unix socket."""
    scope = {"type": "http", "method": "POST", "headers": [(b"user-agent", CHROME.encode())]}
    coming = iter(messages)
    sent: list[Message] = []

    async def receive() -> Message:
        return next(coming)

    async def send(message: Message) -> None:
        sent.append(message)

    await endpoint(log)(scope, receive, send)
    return [message["status"] for message in sent if "status" in message]


async def test_an_event_happens_when_its_body_is_complete(
    log: MemoryEventLog, client_of: ClientOf
) -> None:
    """Else a request that holds its body back would come before others with the same id."""
    times = [NOW]

    async def slow_body() -> AsyncIterator[bytes]:
        body = encoded(wire(id="held"))
        yield body[:5]
        times[0] = NOW + 9_000
        yield body[5:]

    async with client_of(endpoint(log, clock=lambda: times[0])) as client:
        assert (await client.post("/collect", content=slow_body())).status_code == 204
    assert [event.time for event in await stored(log)] == [NOW + 9_000]
