"""Sends a crowd to a running server, at a given rate, until cancelled."""

import asyncio
import math
import random
from collections.abc import Iterator, Sequence

import httpx
import msgspec
import structlog

from footfall.clock import now_ms
from footfall.demo.crowd import Crowd, Report
from footfall.demo.site import SITE_ID

TICK_SECONDS = 0.1
MAX_LAG_SECONDS = 1.0
"""After a longer pause the crowd continues from where it was, instead of catching up at once."""
ONE_BY_ONE_UP_TO = 50
"""Events per second that are posted one by one, as browsers do; above it, in batches."""
BATCH = 500
MAX_PAST_EVENTS = 20_000
"""Of a busier crowd, fewer came before the start."""
PAST_STEP_SECONDS = 1.0
CONCURRENT_REQUESTS = 8
FIRST_PAUSE_SECONDS = 0.5
LAST_PAUSE_SECONDS = 10.0

logger = structlog.get_logger("footfall.demo")


async def run(
    base_url: str,
    write_token: str,
    rate: float = 10.0,
    seed: int | None = None,
    past_seconds: float = 0.0,
) -> None:
    """Visit the demo site of the server at ``base_url``, ``rate`` events per second on average, and
    first report what happened in the ``past_seconds`` before, so that the page is never empty.

    Runs until cancelled. While the server is overloaded, limits the rate or is unreachable, the
    crowd pauses. Raises httpx.HTTPStatusError when the server rejects a report as invalid.
    """
    crowd = Crowd(SITE_ID, base_url, random.Random(seed))
    headers = {"Authorization": f"Bearer {write_token}"}
    # The server is local: ignore proxies from the environment.
    async with httpx.AsyncClient(base_url=base_url, headers=headers, trust_env=False) as client:
        poster = _Poster(client)
        await _report_past(crowd, poster, rate, past_seconds)
        loop = asyncio.get_running_loop()
        now, last = past_seconds, loop.time()
        while True:
            elapsed = min(loop.time() - last, MAX_LAG_SECONDS)
            last = loop.time()
            now += elapsed
            reports = crowd.until(now, elapsed * rate * tide(now))
            await poster.post(reports, 1 if rate <= ONE_BY_ONE_UP_TO else BATCH)
            await asyncio.sleep(max(0, last + TICK_SECONDS - loop.time()))


async def _report_past(crowd: Crowd, poster: "_Poster", rate: float, seconds: float) -> None:
    """In order, so that the page fills from left to right."""
    begin = now_ms() - round(seconds * 1000)
    rate = min(rate, MAX_PAST_EVENTS / max(seconds, 1.0))
    now, reports = 0.0, []
    while now + PAST_STEP_SECONDS <= seconds:
        now += PAST_STEP_SECONDS
        for report in crowd.until(now, PAST_STEP_SECONDS * rate * tide(now)):
            report.body["ts"] = begin + round(now * 1000)
            reports.append(report)
        if len(reports) >= BATCH:
            await poster.post(reports, BATCH)
            reports = []
    await poster.post(reports, BATCH)


def tide(now: float) -> float:
    """Factor of the rate, around 1: a ten-minute cycle with a shorter ripple on it."""
    return 1 + 0.25 * math.sin(math.tau * now / 600) + 0.1 * math.sin(math.tau * now / 47)


def parcels(reports: Sequence[Report], size: int) -> Iterator[list[Report]]:
    """Lists of at most ``size``; reports with do-not-track are never mixed with others."""
    for do_not_track in (False, True):
        same = [report for report in reports if report.do_not_track == do_not_track]
        for start in range(0, len(same), size):
            yield same[start : start + size]


class _Poster:
    """Posts reports, and retries while the server can't take them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self._slots = asyncio.Semaphore(CONCURRENT_REQUESTS)
        self._has_warned = False

    async def post(self, reports: Sequence[Report], size: int) -> None:
        """Post the reports; returns when all are accepted."""
        async with asyncio.TaskGroup() as group:
            for parcel in parcels(reports, size):
                group.create_task(self._deliver(parcel))

    async def _deliver(self, parcel: list[Report]) -> None:
        lines = [msgspec.json.encode(report.body) for report in parcel]
        headers = {"Content-Type": "application/x-ndjson"}
        if parcel[0].do_not_track:
            headers["DNT"] = "1"
        pause = FIRST_PAUSE_SECONDS
        async with self._slots:
            while (refusal := await self._refusal(b"\n".join(lines), headers)) is not None:
                if pause > FIRST_PAUSE_SECONDS:
                    self._warn(refusal)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LAST_PAUSE_SECONDS)
            self._has_warned = False

    async def _refusal(self, body: bytes, headers: dict[str, str]) -> str | None:
        """Why the server did not accept it; None if it did."""
        try:
            response = await self._client.post("/collect", content=body, headers=headers)
        except httpx.TransportError as error:
            return repr(error)
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error:
            return f"HTTP {response.status_code}"
        response.raise_for_status()
        return None

    def _warn(self, refusal: str) -> None:
        """Log once per outage. A single refusal, as when the server stops, is not logged."""
        if not self._has_warned:
            logger.warning("demo.visitors_wait", reason=refusal)
        self._has_warned = True
