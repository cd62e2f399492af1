"""Valid and invalid requests, generated from the OpenAPI description: each answer must match the
description, and none may be a 500."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,
    unsupported_method,
)

from footfall.http import routes
from footfall.http.framework.openapi import document
from footfall.http.resources import assets
from tests.serving import ADMIN, PUBLIC, add_sites, listening, new_app


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: object, value: object) -> bytes:
    rows = value if isinstance(value, list) else [value]
    return b"\n".join(msgspec.json.encode(row) for row in rows)


schema = schemathesis.openapi.from_dict(document(routes.OPERATIONS[: -len(assets.OPERATIONS)], "0"))
schema.config.generation.deterministic = True
ENDLESS = r"/stream$"
AUTHORIZED = {"Authorization": f"Bearer {ADMIN}"}
"""In the spelling that Schemathesis knows: it repeats requests without it to see them refused."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a real server in its own thread."""
    ready, stop = threading.Event(), asyncio.Event()
    addresses: list[str] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        app = new_app(admin_token=ADMIN)
        async with listening(app) as address:
            await add_sites(app)
            addresses.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    yield addresses[0]
    loops[0].call_soon_threadsafe(stop.set)
    thread.join()


@schema.exclude(path_regex=ENDLESS).parametrize()
@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_is_described(case: schemathesis.Case[Any], server: str) -> None:
    if "site" in case.path_parameters and case.method == "GET":
        case.path_parameters["site"] = PUBLIC
    case.call_and_validate(
        base_url=server,
        headers=AUTHORIZED,
        excluded_checks=[positive_data_acceptance, unsupported_method],
    )
