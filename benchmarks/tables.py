"""An emulated DynamoDB with a table, and Footfall processes that use it."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from benchmarks import servers
from tests.emulator import CREDENTIALS, REGION, emulator

TABLE = "bench-table"


@contextmanager
def table() -> Iterator[str]:
    """The store's URL. Puts the credentials into this process's environment."""
    os.environ.update(CREDENTIALS)
    with emulator() as endpoint:
        store = f"dynamodb://{TABLE}?region={REGION}&endpoint={endpoint}"
        servers.command("dynamodb", "create-table", "--store", store)
        yield store


@contextmanager
def nodes(store: str, count: int) -> Iterator[list[servers.Server]]:
    """``count`` processes of ``footfall serve``."""
    tokens = servers.prepare(store)
    with ExitStack() as stack:
        yield [stack.enter_context(servers.serve(store, tokens)) for _ in range(count)]
