"""Rows of the past and what is usual, compared with the simplest way to count them."""

from datetime import datetime, timedelta
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from footfall.documents import ConcurrencyRow
from footfall.engines import memory
from footfall.engines.memory import MemoryMinutes
from footfall.errors import InvalidInput
from footfall.history.concurrency import Concurrency
from footfall.history.periods import Period, day_of
from footfall.model import MinuteCounts

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
DAYS = ((2026, 3, 29), (2026, 3, 30), (2026, 10, 25), (2026, 11, 1), (2026, 11, 25))


@pytest.fixture(autouse=True)
def years(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MINUTES_KEPT", 10**9)


async def filled(random: Random, begin: int, end: int) -> MemoryMinutes:
    store = MemoryMinutes()
    numbers = [each for each in range(begin, end) if random.random() < 0.7]
    minutes = [MinuteCounts(each, *random.choices(range(50), k=4)) for each in numbers]
    await store.put({"shop": minutes})
    return store


def local(minute: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(minute * 60, zone).isoformat(timespec="minutes")


@settings(max_examples=25, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.sampled_from(DAYS),
    step=st.sampled_from((1, 5, 60)),
    seed=st.integers(0, 2**32),
)
async def test_each_step_has_its_greatest_counts(
    zone: str, day: tuple[int, int, int], step: int, seed: int
) -> None:
    clock = ZoneInfo(zone)
    now = datetime(*day, 18, 20, tzinfo=clock)
    asked = day_of(now)
    begin, passed = int(asked.begin.timestamp()) // 60, int(now.timestamp()) // 60
    store = await filled(Random(seed), begin - 100, passed)
    kept = {each.minute: each for each in await store.read("shop", begin, passed)}
    expected: dict[str, ConcurrencyRow] = {}
    for minute in range(begin, passed):
        text = local(minute, clock)
        at = int(text[14:16]) // step * step if step > 1 else int(text[14:16])
        name = f"{text[:14]}{at:02d}{text[16:]}"
        row = expected.setdefault(name, ConcurrencyRow(name, 0, 0, 0))
        counts = kept.get(minute, MinuteCounts(minute, 0, 0, 0, 0))
        row.current_visitors = max(row.current_visitors, counts.current_visitors)
        row.present_visitors = max(row.present_visitors, counts.present_visitors)
        row.page_views += counts.page_views
    found = await Concurrency(store, "shop", clock).rows(asked, step, now)
    assert found == list(expected.values())


@settings(max_examples=15, deadline=None)
@given(zone=st.sampled_from(ZONES), day=st.sampled_from(DAYS), age=st.integers(5, 40))
async def test_usual_is_the_median_of_the_same_minutes_of_four_weeks(
    zone: str, day: tuple[int, int, int], age: int
) -> None:
    clock = ZoneInfo(zone)
    now = datetime(*day, 18, 20, tzinfo=clock)
    today = day_of(now)
    begin, end = int(today.begin.timestamp()) // 60, int(today.end.timestamp()) // 60
    oldest = begin - age * 1_440 - 90
    store = MemoryMinutes()
    random = Random(age)
    minutes = [MinuteCounts(each, random.randrange(50), 1, 1, 2) for each in range(oldest, begin)]
    await store.put({"shop": minutes})
    kept = {each.minute: each.current_visitors for each in minutes}
    weeks = [week for week in range(1, 5) if week * 7 <= age]
    expected = []
    for minute in range(begin, end) if weeks else ():
        at = datetime.fromtimestamp(minute * 60, clock)
        same = [int((at - timedelta(weeks=week)).timestamp()) // 60 for week in weeks]
        expected.append(round(median(kept.get(each, 0) for each in same)))
    found = await Concurrency(store, "shop", clock).usual(today, 1, now)
    assert [each.current_visitors for each in found] == expected


async def test_only_minutes_of_today_have_something_usual() -> None:
    zone = ZoneInfo("UTC")
    now = datetime(2026, 11, 25, 12, tzinfo=zone)
    end = int(now.timestamp()) // 60
    store = MemoryMinutes()
    await store.put({"shop": [MinuteCounts(each, 3, 1, 1, 2) for each in range(end - 40_000, end)]})
    concurrency = Concurrency(store, "shop", zone)
    asked = Period(now - timedelta(days=2), now - timedelta(days=1))
    assert await concurrency.usual(asked, 1, now) == []
    half_hour = Period(now - timedelta(minutes=30), now)
    assert len(await concurrency.usual(half_hour, 1, now)) == 30
    assert await Concurrency(store, "another", zone).usual(half_hour, 1, now) == []


@pytest.mark.parametrize(("days", "step"), [(8, 1), (32, 60)])
async def test_too_much_at_once_is_refused(days: int, step: int) -> None:
    now = datetime(2026, 11, 25, tzinfo=ZoneInfo("UTC"))
    concurrency = Concurrency(MemoryMinutes(), "shop", ZoneInfo("UTC"))
    with pytest.raises(InvalidInput):
        await concurrency.rows(Period(now - timedelta(days=days), now), step, now)
