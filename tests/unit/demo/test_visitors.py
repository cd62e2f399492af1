"""The simulated visitors and a fake server behind their HTTP client."""

import asyncio
from collections.abc import Callable

import httpx
import msgspec
import pytest
import structlog

from footfall.clock import now_ms
from footfall.demo import visitors
from footfall.demo.crowd import Report

Answer = Callable[[int], int | Exception]
"""From the number of the request (from 0) to a status or an error."""

real_client = httpx.AsyncClient


class StandIn:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.requests: list[httpx.Request] = []
        self.answer: Answer = lambda _: 204
        transport = httpx.MockTransport(self._handle)
        monkeypatch.setattr(
            httpx,
            "AsyncClient",
            lambda **options: real_client(**options, transport=transport),
        )
        monkeypatch.setattr(visitors, "TICK_SECONDS", 0.001)
        monkeypatch.setattr(visitors, "FIRST_PAUSE_SECONDS", 0.001)
        monkeypatch.setattr(visitors, "LAST_PAUSE_SECONDS", 0.002)
        self._changed = asyncio.Condition()

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        async with self._changed:
            self.requests.append(request)
            self._changed.notify_all()
        answer = self.answer(len(self.requests) - 1)
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    async def wait_for(self, requests: int) -> None:
        async with self._changed, asyncio.timeout(10):
            await self._changed.wait_for(lambda: len(self.requests) >= requests)


@pytest.fixture
async def stand_in(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    return StandIn(monkeypatch)


async def visit(stand_in: StandIn, requests: int, rate: float, past_seconds: float = 0) -> None:
    visiting = visitors.run("http://127.0.0.1:9", "secret", rate, 1, past_seconds)
    task = asyncio.create_task(visiting)
    try:
        await stand_in.wait_for(requests)
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_visitors_post_single_reports_with_the_write_token(stand_in: StandIn) -> None:
    await visit(stand_in, 3, rate=50)

    for request in stand_in.requests:
        assert (request.method, request.url.path) == ("POST", "/collect")
        assert request.headers["authorization"] == "Bearer secret"
        assert msgspec.json.decode(request.content)["s"] == "demo"


async def test_at_a_high_rate_visitors_post_batches(stand_in: StandIn) -> None:
    await visit(stand_in, 20, rate=20_000)

    assert max(request.content.count(b"\n") for request in stand_in.requests) > 5


async def test_the_crowd_has_a_past_that_joins_the_present(stand_in: StandIn) -> None:
    began = now_ms()
    await visit(stand_in, 32, rate=10, past_seconds=600)
    bodies = [
        msgspec.json.decode(line)
        for request in stand_in.requests
        for line in request.content.splitlines()
    ]
    past = [body["ts"] for body in bodies if "ts" in body]
    assert 4_500 < len(past) < 7_500
    assert began - 600_000 < min(past) < began - 590_000
    assert began - 5_000 < max(past) <= now_ms()
    assert len(past) < len(bodies), "the present has begun"


async def test_the_past_of_a_busy_crowd_is_bounded(stand_in: StandIn) -> None:
    await visit(stand_in, 60, rate=500, past_seconds=1_000)
    past = sum(request.content.count(b'"ts"') for request in stand_in.requests)
    assert past < 1.3 * visitors.MAX_PAST_EVENTS


@pytest.mark.parametrize("failure", [429, 503, httpx.ConnectError("refused")])
async def test_while_the_server_is_busy_visitors_wait_and_lose_nothing(
    stand_in: StandIn, failure: int | Exception
) -> None:
    stand_in.answer = lambda number: failure if number < 4 else 204

    with structlog.testing.capture_logs() as logs:
        await visit(stand_in, 6, rate=10)

    first = [request.content for request in stand_in.requests[:5]]
    assert len(set(first)) == 1, "the same report is sent until it is accepted"
    assert stand_in.requests[5].content != first[0]
    assert [entry["event"] for entry in logs] == ["demo.visitors_wait"]


async def test_a_refused_report_raises_an_error(stand_in: StandIn) -> None:
    stand_in.answer = lambda _: 400

    with pytest.raises(ExceptionGroup) as raised:
        async with asyncio.timeout(10):
            await visitors.run("http://127.0.0.1:9", "secret", rate=50, seed=1)

    assert raised.group_contains(httpx.HTTPStatusError)


async def test_some_requests_ask_not_to_be_tracked(stand_in: StandIn) -> None:
    await visit(stand_in, 60, rate=20_000)

    values = [request.headers.get("dnt") for request in stand_in.requests]
    assert set(values) == {"1", None}


def test_reports_that_ask_not_to_be_tracked_are_sent_separately() -> None:
    reports = [Report({"sid": str(n)}, n % 3 == 0) for n in range(10)]

    parcels = list(visitors.parcels(reports, 4))

    assert sorted(map(len, parcels)) == [2, 4, 4]
    assert all(len({report.do_not_track for report in parcel}) == 1 for parcel in parcels)


def test_the_tide_is_gentle_and_averages_to_the_rate() -> None:
    day = [visitors.tide(second) for second in range(60 * 47 * 10)]

    assert 0.6 < min(day) < 0.8
    assert 1.2 < max(day) < 1.4
    assert sum(day) / len(day) == pytest.approx(1, abs=0.01)
