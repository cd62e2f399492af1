"""A fake connection to DynamoDB."""

import asyncio
from collections.abc import Callable
from typing import Any

from footfall.engines.aws import Answer
from footfall.engines.dynamodb.connection import Backoff, Connection
from footfall.engines.dynamodb.options import TableOptions


class FakeConnection(Connection):
    """``answer`` gets each operation with its parameters, and returns the answer or raises."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], Answer]) -> None:
        super().__init__(TableOptions(table="table"))
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self._answer = answer

    async def request(
        self, operation: str, backoff: Backoff | None = None, **parameters: Any
    ) -> Answer:
        self.calls.append((operation, parameters))
        await asyncio.sleep(0)
        return self._answer(operation, parameters)
