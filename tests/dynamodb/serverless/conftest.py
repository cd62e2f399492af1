from collections.abc import Iterator
from typing import Any

import pytest

from footfall.serverless.container import container
from tests.dynamodb.serverless.gateway import FakeGateway, fake_gateway
from tests.dynamodb.serverless.world import ADMIN, World
from tests.emulator import REGION


@pytest.fixture
def gateway() -> Iterator[FakeGateway]:
    with fake_gateway() as made:
        yield made


@pytest.fixture
def world(
    client: Any,
    table: str,
    dynamodb_endpoint: str,
    gateway: FakeGateway,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[World]:
    """A fresh container on a fresh table."""
    store = f"dynamodb://{table}?region={REGION}&endpoint={dynamodb_endpoint}"
    monkeypatch.setenv("FOOTFALL_STORE", store)
    monkeypatch.setenv("FOOTFALL_SOCKETS_URL", gateway.url)
    monkeypatch.setenv("FOOTFALL_ADMIN_TOKEN", ADMIN)
    monkeypatch.setenv("FOOTFALL_MAX_VIEWS_PER_SITE", "3")
    container.cache_clear()
    made = World(client, dynamodb_endpoint, table, gateway)
    yield made
    made.close()
    container().close()
    container.cache_clear()
