"""A connection whose answers the test gives."""

import asyncio
from collections.abc import Callable
from typing import Any

from footfall.engines.aws import Answer
from footfall.engines.dynamodb.connection import Backoff, Connection
from footfall.engines.dynamodb.options import TableOptions


class FakeConnection(Connection):
    """``answer`` gets the operation and its parameters, and returns or raises."""

    def __init__(self, answer: Callable[[str, dict[str, Any]], Answer]) -> None:
        super().__init__(TableOptions(table="table"))
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self._answer = answer

    async def request(
        self, operation: str, backoff: Backoff | None = None, **parameters: Any
    ) -> Answer:
        self.asked.append((operation, parameters))
        await asyncio.sleep(0)
        return self._answer(operation, parameters)
