"""What can happen to a connection while it answers ``POST /collect`` by itself."""

import asyncio
import re
from collections.abc import AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
import structlog

from footfall.app import Application, create_app
from footfall.engines.memory import MemoryEventLog
from footfall.engines.open import open_store
from footfall.http.resources.collect import CollectEndpoint
from footfall.ingest import Ingest, Taken
from footfall.model import Event
from footfall.settings import Settings
from tests.ingesting import CHROME, encoded
from tests.raw import Raw, until
from tests.serving import PUBLIC, Clock, add_sites, listening


class HeldLog:
    """Lets appends wait for ``gate``, and counts them."""

    def __init__(self, log: MemoryEventLog) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.began = 0
        self._append = log.append
        log.append = self.append  # type: ignore[method-assign, assignment]

    async def append(self, events: list[Event]) -> None:
        self.began += 1
        await self.gate.wait()
        await self._append(events)


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Application:
    given: dict[str, Any] = getattr(request, "param", {})
    return create_app(Settings(**given), open_store("memory://"), Clock())


@pytest.fixture
def held(app: Application) -> HeldLog:
    log = app.services.event_log
    assert isinstance(log, MemoryEventLog)
    return HeldLog(log)


@pytest.fixture
async def server(app: Application) -> AsyncIterator[str]:
    async with listening(app) as address:
        await add_sites(app)
        yield address


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The way that each request took."""
    taken: list[str] = []
    direct, ordinary = Ingest.submit, CollectEndpoint.__call__

    def submit(self: Ingest, *given: Any) -> Taken:
        taken.append("direct")
        return direct(self, *given)

    async def call(self: CollectEndpoint, *asgi: Any) -> None:
        taken.append("asgi")
        await ordinary(self, *asgi)

    monkeypatch.setattr(Ingest, "submit", submit)
    monkeypatch.setattr(CollectEndpoint, "__call__", call)
    return taken


BODY = encoded({"s": PUBLIC, "e": "pageview", "u": "https://x.example/"}).decode()
LENGTH = f"Content-Length: {len(BODY)}\r\n"


def post(
    headers: str = LENGTH, body: str = BODY, path: str = "/collect", version: str = "1.1"
) -> str:
    start = f"POST {path} HTTP/{version}\r\nHost: x\r\nUser-Agent: {CHROME}\r\n"
    return f"{start}{headers}\r\n{body}"


CLOSING = post(LENGTH + "Connection: close\r\n")
GET = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"


def statuses(answers: str) -> list[int]:
    return [int(code) for code in re.findall(r"HTTP/1\.1 (\d+) ", answers)]


async def count(server: str) -> int:
    """The page views that the site has counted, as anyone reads them."""
    path = f"/sites/{PUBLIC}/realtime"
    raw = await Raw.open(server, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    found = re.search(r'"pageViews":(\d+)', await raw.rest())
    assert found is not None
    return int(found[1])


@pytest.mark.parametrize("path", ["/collect", "/t", "/api/analytics/collect", "/api/analytics/t"])
async def test_a_beacon_is_answered_by_its_connection(
    server: str, ways: list[str], path: str
) -> None:
    raw = await Raw.open(server, post(path=path))
    answer = await raw.line()
    raw.close()
    assert ways == ["direct"]
    assert answer.startswith("HTTP/1.1 204 No Content\r\n")
    assert answer.endswith("\r\naccess-control-allow-origin: *\r\n\r\n")
    date = re.search(r"\r\ndate: (.*)\r\n", answer)
    assert date is not None
    parsedate_to_datetime(date[1])  # raises if it is none
    await until(lambda: _is(server, 1))


async def _is(server: str, expected: int) -> bool:
    return await count(server) == expected


CHUNKED = f"{len(BODY):x}\r\n{BODY}\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    ("request_", "codes"),
    [
        (post("Transfer-Encoding: chunked\r\n", CHUNKED), [204]),
        (post(LENGTH + "Expect: 100-continue\r\n"), [100, 204]),
        (post(LENGTH + "Upgrade: h2c\r\nConnection: upgrade\r\n"), [400]),
        (post(version="1.0"), [204]),
        (post(path="/collect?x=1"), [204]),
        (CLOSING, [204]),
        (post("Content-Length: 20000\r\n", BODY + " " * (20_000 - len(BODY))), [204]),
        (post("Content-Length: 70000\r\n", " " * 70_000), [413]),
        (post("Content-Length: 000000001\r\n", "7"), [400]),
    ],
    ids=[
        "chunked",
        "expect",
        "upgrade",
        "1.0",
        "query",
        "close",
        "larger",
        "too large",
        "odd length",
    ],
)
async def test_what_is_less_common_takes_the_ordinary_way(
    server: str, ways: list[str], request_: str, codes: list[int]
) -> None:
    raw = await Raw.open(server, request_)
    answers = ""
    while len(statuses(answers)) < len(codes):
        answers += await raw.line()
    raw.close()
    assert statuses(answers) == codes
    assert ways == ["asgi"]


async def test_a_request_in_pieces_is_answered_once_it_is_complete(server: str) -> None:
    raw, text = await Raw.open(server), post()
    for begin in range(0, len(text), 40):
        await raw.send(text[begin : begin + 40].encode())
        await asyncio.sleep(0)
    assert statuses(await raw.line()) == [204]
    await raw.send(CLOSING.encode())
    assert statuses(await raw.rest()) == [204]
    assert await count(server) == 2


async def test_pipelined_requests_are_answered_in_their_order(
    server: str, held: HeldLog, ways: list[str]
) -> None:
    held.gate.clear()
    bad = post("Content-Length: 1\r\n", "7")
    raw = await Raw.open(server, post() + GET + post() + bad + CLOSING)
    await until(lambda: held.began == 1)
    held.gate.set()
    assert statuses(await raw.rest()) == [204, 200, 204, 400, 204]
    assert ways == ["direct", "asgi", "asgi", "asgi"]
    assert await count(server) == 3


async def test_all_that_wait_for_one_commit_are_answered(server: str, held: HeldLog) -> None:
    held.gate.clear()
    first = await Raw.open(server, post())
    await until(lambda: held.began == 1)
    others = [await Raw.open(server, post()) for _ in range(20)]
    held.gate.set()
    for raw in (first, *others):
        assert statuses(await raw.line()) == [204]
        raw.close()
    assert held.began < 20


UPGRADE = (
    f"GET /sites/{PUBLIC}/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)


async def test_a_socket_on_the_connection_of_a_beacon_sends_it_no_second_time(
    server: str, ways: list[str]
) -> None:
    raw = await Raw.open(server, post())
    assert statuses(await raw.line()) == [204]
    await raw.send(UPGRADE.encode())
    assert statuses(await raw.line()) == [101]
    raw.close()
    assert ways == ["direct"]
    assert await count(server) == 1


async def test_a_socket_can_not_be_opened_before_the_answer_to_a_beacon(
    server: str, held: HeldLog
) -> None:
    held.gate.clear()
    raw = await Raw.open(server, post())
    await until(lambda: held.began == 1)
    await raw.send(UPGRADE.encode())
    assert await raw.rest() == ""
    held.gate.set()
    await until(lambda: _is(server, 1))


async def test_who_leaves_before_the_commit_is_counted_and_holds_nobody_up(
    server: str, app: Application, held: HeldLog
) -> None:
    held.gate.clear()
    leaving = await Raw.open(server, post())
    await until(lambda: held.began == 1)
    staying = await Raw.open(server, post())
    leaving.close()
    await until(lambda: app.connections.open == 1)
    held.gate.set()
    assert statuses(await staying.line()) == [204]
    staying.close()
    assert await count(server) == 2


async def test_who_leaves_before_the_body_is_complete_is_not_counted(
    server: str, app: Application, ways: list[str]
) -> None:
    raw = await Raw.open(server, post()[:-1])
    await until(lambda: app.connections.open == 1)
    raw.close()
    await until(lambda: app.connections.open == 0)
    assert not ways
    assert await count(server) == 0


async def test_a_store_that_fails_is_a_503_for_each_that_waits(
    server: str, app: Application, held: HeldLog
) -> None:
    await app.services.event_log.close()
    raw = await Raw.open(server, post())
    answer = await raw.line()
    raw.close()
    assert statuses(answer) == [503]
    assert "retry-after" in answer
    assert app.direct_collect.endpoint.refused == {503: 1}


async def test_a_failure_of_our_own_is_a_500_and_in_the_log(
    server: str, app: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.direct_collect.endpoint.ingest, "submit", None)
    with structlog.testing.capture_logs() as logs:
        raw = await Raw.open(server, post() + post())
        answer = ""
        while len(statuses(answer)) < 2:
            answer += await raw.line()
    raw.close()
    assert statuses(answer) == [500, 500]
    assert [line["event"] for line in logs if "exc_info" in line] == ["request failed"] * 2


async def test_a_server_that_stops_answers_and_closes(app: Application, held: HeldLog) -> None:
    async with listening(app) as server:
        await add_sites(app)
        held.gate.clear()
        raw = await Raw.open(server, post())
        await until(lambda: held.began == 1)
        asyncio.get_running_loop().call_later(0.2, held.gate.set)
    answer = await raw.rest()
    assert statuses(answer) == [204]
    assert "\r\nconnection: close\r\n" in answer


@pytest.mark.parametrize("app", [{"access_log": True}], indirect=True)
async def test_the_access_log_has_one_line_for_each(server: str) -> None:
    with structlog.testing.capture_logs() as logs:
        raw = await Raw.open(server, post(path="/t"))
        await raw.line()
        await raw.send(post("Content-Length: 1\r\n", "7").encode())
        await raw.line()
        raw.close()
    lines = [line for line in logs if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in lines] == [
        ("POST", "/t", 204),
        ("POST", "/collect", 400),
    ]
    assert all(line["ms"] >= 0 for line in lines)


async def test_who_does_not_read_the_answers_has_to_wait_with_the_next_request(
    server: str, ways: list[str]
) -> None:
    raw = await Raw.open(server)
    for sent in range(1, 20_000):
        await raw.send(post().encode())
        while len(ways) < sent:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)
        if ways[-1] == "asgi":
            break
    assert ways[-1] == "asgi"
    await raw.send(post().encode())
    answers = ""
    while len(statuses(answers)) <= sent:
        answers += await raw.line()
    raw.close()
    assert set(statuses(answers)) == {204}
