"""The conformance suite of the minutes."""

import pytest

from footfall.engines.open import Store, open_store
from footfall.model import MinuteCounts, Site

FIRST = 29_000_000
SHOP = Site(id="shop", name="Shop")


def minute(number: int, current: int = 3) -> MinuteCounts:
    return MinuteCounts(FIRST + number, current, 2, 1, 5)


async def test_minutes_come_back_in_order_by_site(store: Store) -> None:
    added = [minute(number, number + 1) for number in (2, 0, 1, 5, 130)]
    await store.minutes.put({"shop": added, "shop.two": [minute(1)]})
    found = await store.minutes.read("shop", FIRST, FIRST + 131)
    assert found == [minute(number, number + 1) for number in (0, 1, 2, 5, 130)]
    assert await store.minutes.read("shop.two", FIRST, FIRST + 131) == [minute(1)]
    assert await store.minutes.read("shop", FIRST + 1, FIRST + 5) == [minute(1, 2), minute(2, 3)]
    assert await store.minutes.read("shop", FIRST + 5, FIRST + 5) == []
    assert await store.minutes.read("nobody", 0, FIRST * 2) == []


async def test_the_oldest_and_the_newest_minute_are_known(store: Store) -> None:
    assert await store.minutes.ends("shop") is None
    await store.minutes.put({"shop": [minute(9), minute(8)]})
    await store.minutes.put({"shop": [minute(7)], "another": [minute(12)]})
    assert await store.minutes.ends("shop") == (FIRST + 7, FIRST + 9)


async def test_the_peak_is_the_first_of_the_highest(store: Store) -> None:
    assert await store.minutes.peak("shop", FIRST, FIRST + 100) is None
    counts = {1: 3, 4: 9, 5: 9, 6: 2, 80: 12}
    await store.minutes.put({"shop": [minute(at, number) for at, number in counts.items()]})
    assert await store.minutes.peak("shop", FIRST, FIRST + 80) == minute(4, 9)
    assert await store.minutes.peak("shop", FIRST, FIRST + 81) == minute(80, 12)
    assert await store.minutes.peak("shop", FIRST + 2, FIRST + 4) is None


async def test_a_minute_that_is_put_again_is_replaced(store: Store) -> None:
    await store.minutes.put({"shop": [minute(0, 3)]})
    await store.minutes.put({"shop": [minute(0, 4)]})
    assert await store.minutes.read("shop", FIRST, FIRST + 1) == [minute(0, 4)]


async def test_minutes_are_kept_after_a_restart(durable_url: str) -> None:
    store = open_store(durable_url)
    await store.minutes.put({"shop": [minute(number) for number in range(60)]})
    await store.close()
    reopened = open_store(durable_url)
    try:
        assert len(await reopened.minutes.read("shop", FIRST, FIRST + 60)) == 60
    finally:
        await reopened.close()


@pytest.mark.parametrize("is_added_again", [False, True])
async def test_a_removed_site_leaves_none(store: Store, is_added_again: bool) -> None:
    await store.catalog.put_site(SHOP)
    minutes = [minute(number) for number in range(600)]
    await store.minutes.put({"shop": minutes, "shop.two": minutes[:1]})
    await store.catalog.delete_site("shop")
    if is_added_again:
        await store.catalog.put_site(SHOP)
    else:
        while await store.catalog.sweep():
            pass
    assert await store.minutes.ends("shop") is None
    assert await store.minutes.ends("shop.two") == (FIRST, FIRST)
