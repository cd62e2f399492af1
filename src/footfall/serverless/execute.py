"""Executes commands of the command layer over the store's own connection."""

import asyncio

from footfall.dynamodb.commands import Command, exchange
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.items import Item


async def execute(connection: Connection, command: Command) -> list[Item]:
    """Execute the command to its end; returns all items that a query finds.

    Raises StoreUnavailable.
    """
    requests = exchange(command)
    pause, arguments = next(requests)
    while True:
        if pause:
            await asyncio.sleep(pause)
        answer = await connection.request(command["command"], **arguments)
        try:
            pause, arguments = requests.send(answer)
        except StopIteration as end:
            found: list[Item] = end.value
            return found
