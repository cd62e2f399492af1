"""The live counters of the past over HTTP, and who may read them."""

import asyncio

import httpx
import pytest

from footfall.app import Application
from footfall.model import MinuteCounts
from tests.serving import PRIVATE, PUBLIC, Clock, bearer

SITES = "/api/analytics/sites"


def path(site: str) -> str:
    return f"{SITES}/{site}/concurrency"


async def test_the_minutes_of_today_come_in_the_zone_of_the_site(
    app: Application, admin: httpx.AsyncClient, clock: Clock
) -> None:
    clock.now = 1_790_000_000_000  # 2026-09-21T14:13:20Z
    await admin.patch(f"{SITES}/{PRIVATE}", json={"timeZone": "Asia/Kathmandu"})
    minute = clock.now // 60_000
    counts = [MinuteCounts(minute - back, 10 - back, 4, 5, 2) for back in (1, 2)]
    await app.life.parts.store.minutes.put({PRIVATE: counts})
    answer = await admin.get(path(PRIVATE), params={"from": "2026-09-21T14:10Z", "step": "1m"})
    assert answer.json() == {
        "siteId": PRIVATE,
        "timeZone": "Asia/Kathmandu",
        "from": "2026-09-21T19:55+05:45",
        "to": "2026-09-22T00:00+05:45",
        "step": "1m",
        "rows": [
            {"time": f"2026-09-21T19:5{5 + number}+05:45", **counts}
            for number, counts in enumerate(
                (
                    {"currentVisitors": 0, "presentVisitors": 0, "pageViews": 0},
                    {"currentVisitors": 8, "presentVisitors": 4, "pageViews": 2},
                    {"currentVisitors": 9, "presentVisitors": 4, "pageViews": 2},
                )
            )
        ],
        "usual": [],
    }
    hours = (await admin.get(path(PRIVATE), params={"step": "1h"})).json()["rows"]
    assert len(hours) == 20
    assert hours[-1] == {
        "time": "2026-09-21T19:00+05:45",
        "currentVisitors": 9,
        "presentVisitors": 4,
        "pageViews": 4,
    }


async def test_what_is_usual_comes_from_the_weeks_before(
    app: Application, admin: httpx.AsyncClient, clock: Clock
) -> None:
    minute, week = clock.now // 60_000, 7 * 1_440
    oldest = MinuteCounts(minute - 3 * week, 1, 1, 1, 1)
    same = [MinuteCounts(minute - back * week, 10 * back, 2, 3, back) for back in (1, 2)]
    await app.life.parts.store.minutes.put({PRIVATE: [oldest, *same]})
    asked = {"from": "2026-09-21T14:13Z", "to": "2026-09-21T14:14Z"}
    usual = (await admin.get(path(PRIVATE), params=asked)).json()["usual"]
    assert [(row["currentVisitors"], row["pageViews"]) for row in usual] == [(10, 1)]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"step": "2m"}, "step"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2026-02-30"}, "to"),
        ({"from": "2026-09-01"}, "from"),
        ({"from": "2027-01-01"}, "from"),
    ],
)
async def test_bad_parameters_are_named(
    admin: httpx.AsyncClient, parameters: dict[str, str], field: str
) -> None:
    answer = await admin.get(path(PRIVATE), params=parameters)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


@pytest.mark.parametrize("is_allowed", [False, True])
async def test_who_may_only_look_sees_the_past_if_the_owner_allows_it(
    app: Application, client: httpx.AsyncClient, secrets: dict[str, str], is_allowed: bool
) -> None:
    for site in (PUBLIC, PRIVATE):
        change = {"publicHistory": is_allowed}
        changed = await client.patch(
            f"{SITES}/{site}", json=change, headers=bearer(secrets["admin"])
        )
        assert changed.json()["publicHistory"] is is_allowed
    statuses = {"nobody": (await client.get(path(PUBLIC))).status_code}
    for name, secret in secrets.items():
        answer = await client.get(path(PRIVATE), headers=bearer(secret))
        statuses[name] = answer.status_code
    assert statuses == {
        "nobody": 200 if is_allowed else 401,
        "admin": 200,
        "admin of one": 200,
        "read all": 200,
        "read one": 200 if is_allowed else 403,
        "write one": 403,
    }
    assert (await client.get(path(PRIVATE))).status_code == 401


async def test_a_stranger_s_minutes_have_the_limits_of_reports(
    app: Application,
    client: httpx.AsyncClient,
    secrets: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An address gets its minutes one after the other; who has a token does not wait."""
    headers = bearer(secrets["admin"])
    await client.patch(f"{SITES}/{PUBLIC}", json={"publicHistory": True}, headers=headers)
    minutes, reads, may_read = app.services.minutes, 0, asyncio.Event()
    read = minutes.read

    async def slowly(site: str, since: int, until: int) -> list[MinuteCounts]:
        nonlocal reads
        reads += 1
        await may_read.wait()
        return await read(site, since, until)

    monkeypatch.setattr(minutes, "read", slowly)
    waiting = asyncio.create_task(client.get(path(PUBLIC)))
    while not reads:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    others = [
        asyncio.create_task(client.get(path(PUBLIC), params={"step": step}))
        for step in ("5m", "1h")
    ]
    owner = asyncio.create_task(client.get(path(PUBLIC), params={"step": "5m"}, headers=headers))
    while reads < 2:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    assert not waiting.done()
    assert reads == 2
    may_read.set()
    answers = await asyncio.gather(waiting, owner, *others)
    assert {each.status_code for each in answers} == {200}
