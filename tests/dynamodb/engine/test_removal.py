"""Removals and answers that fail midway."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from msgspec.structs import replace

from footfall.catalog.port import Catalog
from footfall.engines.aws import Answer, AwsClients, AwsError
from footfall.engines.dynamodb import catalog as catalog_module
from footfall.engines.dynamodb import removal
from footfall.engines.dynamodb.removal import Removal
from footfall.engines.dynamodb.transactions import Part
from footfall.engines.open import open_catalog
from footfall.errors import StoreUnavailable
from footfall.model import Goal, Site, Token
from tests.tables import new_table

SITE = Site(id="shop", name="Shop")
GOALS = [
    Goal(id=f"g{n}", site_id="shop", name=f"Goal {n}", kind="event", value="x") for n in range(5)
]
TOKEN = Token(id="t", scope="read", digest="x", created=1, site_id="shop")


@pytest.fixture
def url(dynamodb_endpoint: str, aws_credentials: None) -> Iterator[str]:
    with new_table(dynamodb_endpoint) as url:
        yield url


@pytest.fixture
async def catalog(url: str) -> AsyncIterator[Catalog]:
    opened = open_catalog(url)
    await opened.put_site(SITE)
    for goal in GOALS:
        await opened.put_goal(goal)
    await opened.put_token(TOKEN)
    yield opened
    await opened.close()


async def test_a_removal_that_fails_midway_is_finished_by_whoever_sweeps(
    catalog: Catalog, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await remove_halfway(catalog, monkeypatch)
    other = open_catalog(url)
    state = await other.load()
    assert (state.sites, state.removed) == ((), ("shop",))
    assert state.tokens == (TOKEN,)  # it has not come to this yet, and the site it reads is gone
    assert sum([swept async for swept in swept_by(other)]) == len(GOALS) + 1 - 2
    await other.put_site(SITE)
    state = await catalog.load()
    assert (state.sites, state.goals, state.tokens, state.removed) == ((SITE,), (), (), ())
    await other.close()


async def test_a_site_that_is_added_again_gets_nothing_that_a_failed_removal_left(
    catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    await remove_halfway(catalog, monkeypatch)
    await catalog.put_site(SITE)
    state = await catalog.load()
    assert (state.sites, state.goals, state.tokens, state.removed) == ((SITE,), (), (), ())


async def test_a_write_whose_answer_is_lost_is_not_refused_for_its_own_success(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DynamoDB answers a repetition with the same token as it answered the first; the emulator
    does not."""
    call, done = AwsClients.call, set[str]()

    async def lose(self: AwsClients, service: str, operation: str, **parameters: Any) -> Answer:
        token = parameters.get("ClientRequestToken")
        if token in done:
            return {}
        answer = await call(self, service, operation, **parameters)
        if token is not None:
            done.add(token)
            raise AwsError(ConnectionClosedError(endpoint_url="http://127.0.0.1"))
        return answer

    monkeypatch.setattr(AwsClients, "call", lose)
    catalog = open_catalog(url)
    await catalog.put_site(SITE)
    assert await catalog.change_site(SITE, replace(SITE, public=True))
    await catalog.put_token(TOKEN)
    assert await catalog.delete_token("t")
    assert len(done) == 4
    assert (await catalog.load()).sites == (replace(SITE, public=True),)
    await catalog.close()


async def remove_halfway(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first of several transactions."""

    async def fail(_self: Removal, _parts: list[Part]) -> None:
        raise StoreUnavailable("down")

    for module in (catalog_module, removal):
        monkeypatch.setattr(module, "MAX_PARTS", 2)
    monkeypatch.setattr(removal, "UNNOTICED_S", 0)
    with monkeypatch.context() as fault:
        fault.setattr(Removal, "run_in_parts", fail)
        with pytest.raises(StoreUnavailable):
            await catalog.delete_site("shop")


async def swept_by(catalog: Catalog) -> AsyncIterator[int]:
    while swept := await catalog.sweep():
        yield swept
