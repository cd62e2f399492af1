"""A new DynamoDB table for a test, deleted afterwards."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.dynamodb.table import Table
from tests.emulator import REGION

POLL_MS = 20
"""Short, so that tests are fast; the emulator has no read limit."""


@contextmanager
def new_table(endpoint: str, more: str = "") -> Iterator[str]:
    """The URL of the store. Needs credentials in the environment."""
    name = f"footfall-test-{secrets.token_hex(4)}"
    url = f"dynamodb://{name}?region={REGION}&endpoint={endpoint}&poll_ms={POLL_MS}{more}"
    _run(lambda: _create(url))
    try:
        yield url
    finally:
        _run(lambda: _delete(url))


def _run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run in a thread, since this one may have an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(work())).result()


async def _create(url: str) -> None:
    table = Table(parse_options(url))
    try:
        await table.create()
    finally:
        await table.close()


async def _delete(url: str) -> None:
    connection = Connection(parse_options(url))
    try:
        await connection.request("delete_table", TableName=connection.table)
    finally:
        await connection.close()
