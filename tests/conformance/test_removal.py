"""The conformance suite of both ports: a removed site leaves nothing, whatever comes between."""

import asyncio
from types import ModuleType

import pytest

from footfall.catalog.port import Catalog
from footfall.engines.dynamodb import removal
from footfall.engines.open import Store, open_catalog, open_store
from footfall.engines.sqlite import catalog_jobs
from footfall.model import Goal, Site, Token
from tests.events import event, stored

SITE = Site(id="big", name="Big")
MODULES: tuple[ModuleType, ...] = (removal, catalog_jobs)


@pytest.fixture
def no_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in MODULES:
        monkeypatch.setattr(module, "REMOVAL_GRACE_S", -1)


async def sweep_out(catalog: Catalog) -> list[int]:
    parts = []
    while swept := await catalog.sweep():
        parts.append(swept)
    return parts


async def test_sweeping_removes_the_events_of_removed_sites_and_no_others(
    store: Store, scale: int
) -> None:
    await store.catalog.put_site(SITE)
    await store.catalog.put_site(Site(id="a", name="A"))
    events = [event(n, site=("a", "big")[n % 2]) for n in range(6_000 // scale)]
    await store.event_log.append(events)
    assert await store.catalog.delete_site("big")
    await sweep_out(store.catalog)
    assert await stored(store.event_log, "big") == []
    assert len(await stored(store.event_log, "a")) == 3_000 // scale


async def test_appends_continue_while_a_site_is_swept(store: Store, scale: int) -> None:
    await store.catalog.put_site(SITE)
    await store.event_log.append([event(n, site="big") for n in range(20_000 // scale)])
    await store.catalog.delete_site("big")
    sweeping = asyncio.create_task(sweep_out(store.catalog))
    await asyncio.gather(*(store.event_log.append([event(n)]) for n in range(50)))
    await sweeping
    assert len(await stored(store.event_log)) == 50
    assert await stored(store.event_log, "big") == []


async def test_a_removed_site_is_known_as_removed_until_it_is_swept(
    durable_url: str, no_grace: None
) -> None:
    store = open_store(durable_url)
    await store.catalog.put_site(SITE)
    await store.event_log.append([event(n, site="big") for n in range(1_500)])
    await store.catalog.delete_site("big")
    assert await store.catalog.sweep()
    await store.close()
    reopened = open_store(durable_url)  # as after a kill in the midst of it
    try:
        catalog = reopened.catalog
        assert (await catalog.load()).removed == ("big",)
        assert await stored(reopened.event_log, "big")
        await sweep_out(catalog)
        assert (await catalog.load()).removed == ()
        assert await stored(reopened.event_log, "big") == []
    finally:
        await reopened.close()


async def test_late_events_of_a_removed_site_are_swept_too(durable_url: str) -> None:
    """A node that has not noticed the removal may store some after the first sweep."""
    store = open_store(durable_url)
    await store.catalog.put_site(SITE)
    await store.catalog.delete_site("big")
    await sweep_out(store.catalog)
    await store.event_log.append([event(1, site="big")])
    assert await sweep_out(store.catalog) == [1]
    assert await stored(store.event_log, "big") == []
    assert (await store.catalog.load()).removed == ("big",)
    await store.close()


async def test_a_site_that_is_added_again_at_once_is_empty(
    store: Store, scale: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(removal, "UNNOTICED_S", 0.1)
    await store.catalog.put_site(SITE)
    await store.event_log.append([event(n, site="big") for n in range(3_000 // scale)])
    await store.catalog.put_goal(
        Goal(id="g", site_id="big", name="Bought", kind="event", value="buy")
    )
    await store.catalog.put_token(Token(id="t", scope="read", digest="x", created=1, site_id="big"))
    await store.catalog.delete_site("big")
    await store.catalog.put_site(SITE)
    state = await store.catalog.load()
    assert (state.sites, state.goals, state.tokens, state.removed) == ((SITE,), (), (), ())
    assert await stored(store.event_log, "big") == []
    new = event(1, site="big", id="new")
    await store.event_log.append([new])
    assert await sweep_out(store.catalog) == []
    assert await stored(store.event_log, "big") == [new]


async def test_another_process_adds_and_sweeps_while_the_log_is_open(durable_url: str) -> None:
    store, other = open_store(durable_url), open_catalog(durable_url)
    await store.catalog.put_site(SITE)
    await store.event_log.append([event(n, site="big") for n in range(40)])
    await other.delete_site("big")
    assert sum(await sweep_out(other)) == 40
    assert await stored(store.event_log, "big") == []
    await other.close()
    await store.close()
