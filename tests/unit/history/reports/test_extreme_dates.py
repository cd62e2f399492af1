"""Dates at both ends of what may be asked, and past them: a report or a clear refusal."""

import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from functools import partial
from itertools import product
from typing import TypeVar, get_args
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.app import Application
from footfall.errors import InvalidInput
from footfall.history.periods import FIRST_DAY, LAST_DAY, clipped
from footfall.history.reports.spans import (
    bucket_name,
    bucket_starts,
    compared_period,
    named_period,
    usual_interval,
)
from footfall.model import Comparison, Interval, MinuteCounts, PeriodName
from tests.serving import (
    ADMIN,
    PRIVATE,
    Clock,
    add_sites,
    bearer,
    has_reports,
    new_app,
    running,
    until,
)

T = TypeVar("T")
ZONES = (
    "UTC",
    "Pacific/Kiritimati",  # 14 hours ahead
    "Pacific/Apia",  # changed sides of the date line
    "Pacific/Pago_Pago",
    "Etc/GMT+12",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
    "Africa/Monrovia",  # 44 minutes and 30 seconds behind, until 1972
    "Europe/Dublin",
)
DATES = (
    *("0001-01-01", "0001-12-31", "1200-01-01", "1899-12-31", "1969-12-31", "1970-01-01"),
    *("1970-01-02", "1972-02-29", "2026-11-24", "2099-12-31", "2100-01-01", "9999-12-30"),
    *("9999-12-31", "2000-02-29", "19700101", "1970-W01-4", "\u0662\u0660\u0662\u0666-11-24"),
)
TIMES = ("", "T00:00", "T23:59:59.999999", "T12:00+23:59", "T12:00-23:59", "T12:00Z", "T24:00")
texts = st.builds(str.__add__, st.sampled_from(DATES), st.sampled_from(TIMES)) | st.text(max_size=9)
stored = st.sampled_from((-(2**63), -62_135_596_800_001, -1, 0, 253_402_300_800_000, 2**63 - 1))
SECONDS = st.sampled_from((0, 951_825_600, 1_790_000_000, 2_019_686_400, 4_102_444_799))


def tried(work: Callable[[], T]) -> T | str:
    """What it returns, or the field that it refuses."""
    try:
        return work()
    except InvalidInput as error:
        return error.field or ""


@settings(max_examples=250, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    now=SECONDS,
    name=st.sampled_from(get_args(PeriodName)),
    dates=st.tuples(texts, texts),
    first=st.none() | stored,
    how=st.sampled_from(get_args(Comparison)),
    interval=st.none() | st.sampled_from(get_args(Interval)),
)
def test_there_are_buckets_or_a_refusal(
    zone: str,
    now: int,
    name: PeriodName,
    dates: tuple[str, str],
    first: int | None,
    how: Comparison,
    interval: Interval | None,
) -> None:
    moment = datetime.fromtimestamp(now, ZoneInfo(zone))
    oldest = None if first is None else clipped(first, UTC)
    begin, end = dates if name == "custom" else (None, None)
    asked = tried(partial(named_period, name, begin, end, moment, oldest))
    if isinstance(asked, str):
        assert name == "custom"
        assert asked in ("from", "to")
        return
    wanted = interval or usual_interval(asked)
    for span in (asked, compared_period(name, asked, how)):
        assert span.begin.timestamp() < span.end.timestamp()
        assert span.days is None or span.days[0] <= span.days[1]
        starts = tried(partial(bucket_starts, span, wanted))
        if isinstance(starts, str):
            assert starts == "interval"
            assert interval is not None, "the usual interval never has too many rows"
        else:
            assert all(bucket_name(start, wanted) for start in starts)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_both_ends_of_the_range_can_be_asked_for(zone: str) -> None:
    now = datetime(2026, 11, 24, tzinfo=ZoneInfo(zone))
    asked = named_period("custom", str(FIRST_DAY), str(LAST_DAY), now, None)
    assert asked.days == (FIRST_DAY, LAST_DAY)
    for begin, end, field in (
        ("1969-12-31", "2000-01-01", "from"),
        ("1969-12-31T23:59Z", "2000-01-01", "from"),
        ("2000-01-01", "2100-01-01", "to"),
    ):
        with pytest.raises(InvalidInput, match="from 1970-01-01 to 2099-12-31") as refused:
            named_period("custom", begin, end, now, None)
        assert refused.value.field == field


SITE = f"/api/analytics/sites/{PRIVATE}"
EXTREMES: list[dict[str, str]] = [
    {"from": "0001-01-01", "to": "0001-01-02"},
    {"from": "9999-12-31", "to": "9999-12-31"},
    {"from": "1969-12-31", "to": "1970-01-02"},
    {"from": "2099-12-31", "to": "2100-01-01"},
    {"from": "0001-01-01T00:00+14:00", "to": "9999-12-31T23:59-14:00"},
]


@contextlib.asynccontextmanager
async def reporting(zone: str) -> AsyncIterator[tuple[Application, httpx.AsyncClient]]:
    """A server with reports, its admin, and a site in the zone."""
    async with running(new_app(Clock(), admin_token=ADMIN, history=True)) as app:
        await add_sites(app)
        await until(partial(has_reports, app))
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8000", headers=bearer(ADMIN)
        ) as client:
            await client.patch(SITE, json={"timeZone": zone})
            yield app, client


async def every_way(
    client: httpx.AsyncClient, dates: dict[str, str], compare: str
) -> list[httpx.Response]:
    """The answers of all that take dates."""
    custom = {"period": "custom", **dates, "compare": compare}
    body = {
        "site_id": PRIVATE,
        "metrics": ["visitors"],
        "date_range": [*dates.values()],
        "dimensions": ["time:month"],
    }
    return [
        await client.get(f"{SITE}/stats", params=custom),
        await client.get(f"{SITE}/export", params=custom),
        await client.post("/api/v2/query", json=body),
        await client.get(f"{SITE}/concurrency", params={"step": "1h", **dates}),
    ]


async def test_every_way_to_ask_refuses_them_alike() -> None:
    async with reporting("Pacific/Kiritimati") as (_, client):
        for dates, compare in product(EXTREMES, ("previous", "year")):
            for answer in await every_way(client, dates, compare):
                assert answer.status_code == 400, (answer.url, answer.text)
                assert "from 1970-01-01 to 2099-12-31" in answer.json()["error"]
                assert answer.json()["field"] in ("from", "to")
        for day in ("1970-01-01", "2099-12-31"):
            for answer in await every_way(client, {"from": day, "to": day}, "year"):
                assert answer.status_code == 200, (answer.url, answer.text)


@pytest.mark.parametrize(
    ("minute", "begins"), [(-1_035_593_280, "1970-01-01"), (1 << 40, "2026-09-21")]
)
async def test_an_odd_stored_time_spoils_no_report(minute: int, begins: str) -> None:
    async with reporting("UTC") as (app, client):
        await app.life.parts.store.minutes.put({PRIVATE: [MinuteCounts(minute, 1, 1, 1, 1)]})
        answer = await client.get(f"{SITE}/stats", params={"period": "all", "compare": "year"})
        assert answer.status_code == 200, answer.text
        assert answer.json()["from"] == begins
