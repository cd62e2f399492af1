"""Running the command layer's commands over the store's own connection."""

import asyncio

from footfall.dynamodb.attributes import Item
from footfall.dynamodb.commands import Command, talk
from footfall.engines.dynamodb.connection import Connection


async def run(connection: Connection, command: Command) -> list[Item]:
    """What a query found, all pages; writes are sent until they are through.

    Raises StoreUnavailable.
    """
    conversation = talk(command)
    pause, arguments = next(conversation)
    while True:
        if pause:
            await asyncio.sleep(pause)
        answer = await connection.ask(command["command"], **arguments)
        try:
            pause, arguments = conversation.send(answer)
        except StopIteration as end:
            found: list[Item] = end.value
            return found
