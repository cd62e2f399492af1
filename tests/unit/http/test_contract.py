"""Valid and invalid requests to every operation, generated from the OpenAPI description, with an
admin's token and without one: each answer must match the description, and none may be a 500."""

import asyncio
import threading
from collections.abc import Iterator
from functools import partial
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    positive_data_acceptance,
    status_code_conformance,
    unsupported_method,
)

from footfall.http import routes
from footfall.http.framework.openapi import document
from footfall.http.resources import collect
from tests.serving import (
    ADMIN,
    OTHER,
    PRIVATE,
    PUBLIC,
    add_sites,
    has_reports,
    listening,
    new_app,
    until,
)


@schemathesis.serializer("application/x-ndjson")
def as_lines(_context: object, value: object) -> bytes:
    rows = value if isinstance(value, list) else [value]
    return b"\n".join(msgspec.json.encode(row) for row in rows)


ENDLESS = r"/stream$"


def described() -> schemathesis.BaseSchema:
    loaded = schemathesis.openapi.from_dict(document(routes.OPERATIONS, "0"))
    loaded.config.generation.deterministic = True
    return loaded


schema = described().exclude(path_regex=ENDLESS)
streams = described().include(path_regex=ENDLESS)
streams.config.phases.coverage.enabled = False  # each valid request takes READ_SECONDS
READ_SECONDS = 1.0
"""How long an endless stream is read."""
CHECKS_OF_STREAMS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    negative_data_rejection,
]
"""Others repeat the request, or have no schema of a single event to compare with."""
AUTHORIZED = {"Authorization": f"Bearer {ADMIN}"}
"""In the spelling that Schemathesis knows: it repeats requests without it to see them refused."""
SITES = {"GET": PUBLIC, "DELETE": OTHER}
"""Which of the existing sites a request is about; others are about ``PRIVATE``."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a real server in its own thread."""
    ready, stop = threading.Event(), asyncio.Event()
    addresses: list[str] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        # Random filters open more views than a site may have.
        app = new_app(
            admin_token=ADMIN,
            history=True,
            max_views_per_site=5_000,
            max_views_per_address=5_000,
        )
        async with listening(app) as address:
            await add_sites(app)
            await until(partial(has_reports, app))
            addresses.append(address)
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(30)
    yield addresses[0]
    loops[0].call_soon_threadsafe(stop.set)
    thread.join()


def bounded(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def check(case: schemathesis.Case[Any], server: str, headers: dict[str, str], **how: Any) -> None:
    if "site" in case.path_parameters:
        case.path_parameters["site"] = SITES.get(case.method, PRIVATE)
    is_valid = (
        case.meta is None or case.meta.generation.mode is schemathesis.GenerationMode.POSITIVE
    )
    if is_valid and case.path in collect.PATHS.values():
        bodies: Any = case.body if isinstance(case.body, list) else [case.body]
        for event in bodies:
            event["s"] = PUBLIC
    excluded = [positive_data_acceptance, unsupported_method]
    if case.query.keys() - {parameter.name for parameter in case.operation.query}:
        excluded.append(negative_data_rejection)  # unknown parameters are ignored
    if case.method == "DELETE":
        excluded.append(ignored_auth)  # what was deleted is not there for the second request
    case.call_and_validate(base_url=server, headers=headers, excluded_checks=excluded, **how)


@schema.parametrize()
@bounded(20)
def test_every_answer_to_an_admin_is_one_that_is_described(
    case: schemathesis.Case[Any], server: str
) -> None:
    check(case, server, AUTHORIZED)


@schema.parametrize()
@bounded(20)
def test_every_answer_to_anyone_is_one_that_is_described(
    case: schemathesis.Case[Any], server: str
) -> None:
    check(case, server, {})


@streams.parametrize()
@bounded(4)
def test_every_stream_is_one_that_is_described(case: schemathesis.Case[Any], server: str) -> None:
    for headers in (AUTHORIZED, {}):
        check(case, server, headers, timeout=READ_SECONDS, checks=CHECKS_OF_STREAMS)
