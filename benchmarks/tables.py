"""An emulated DynamoDB, a table in it, and Footfall's processes on that table."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks import servers
from tests.emulator import CREDENTIALS, REGION, emulator

TABLE = "bench-table"


@contextmanager
def table() -> Iterator[str]:
    """The store's URL. Its credentials are in the environment from now on."""
    os.environ.update(CREDENTIALS)
    with emulator() as endpoint:
        store = f"dynamodb://{TABLE}?region={REGION}&endpoint={endpoint}"
        servers.command("dynamodb", "create-table", "--store", store)
        yield store


@contextmanager
def nodes(store: str, count: int) -> Iterator[list[servers.Server]]:
    """``footfall serve``, ``count`` times."""
    tokens = servers.prepare(store)
    with ExitStack() as stack:
        yield [stack.enter_context(servers.serve(store, tokens)) for _ in range(count)]
