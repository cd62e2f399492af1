"""Commands as plain data, and how to run them with a boto3 client.

A command is ``{"command": name, "input": {…}}``: the name of a method of boto3's DynamoDB client
and its keyword arguments, so ``getattr(client, command["command"])(**command["input"])`` runs it.
"""

import time
from collections.abc import Callable, Generator, Mapping
from typing import Any, TypeAlias, TypedDict, cast

from footfall.engines.dynamodb.items import Item
from footfall.errors import StoreUnavailable, TooLarge

BATCH_ITEMS = 25
"""The most items that one BatchWriteItem takes."""
ATTEMPTS = 8
FIRST_PAUSE_S = 0.05
THROTTLED = "DynamoDB leaves items unprocessed: the table is throttled, try again later"

Items: TypeAlias = list[Item]
Exchange: TypeAlias = Generator[tuple[float, dict[str, Any]], Mapping[str, Any], Items]
"""Yields (seconds to wait, arguments), receives the answer, returns the items found."""


class Command(TypedDict):
    command: str
    input: dict[str, Any]


def put(table: str, items: list[Item]) -> Command:
    """``put_item`` for one item, ``batch_write_item`` for several. Raises TooLarge above 25."""
    if len(items) == 1:
        return {"command": "put_item", "input": {"TableName": table, "Item": items[0]}}
    if len(items) > BATCH_ITEMS:
        raise TooLarge(
            f"these numbers fill {len(items)} items, and one command writes {BATCH_ITEMS}: "
            "write more often"
        )
    requests = [{"PutRequest": {"Item": item}} for item in items]
    return {"command": "batch_write_item", "input": {"RequestItems": {table: requests}}}


def run(client: Any, command: Command, pause: Callable[[float], object] = time.sleep) -> Items:
    """Run ``command`` with a boto3 DynamoDB client; returns all items that a query finds.

    Unprocessed items of a batch are sent again, with growing pauses. Raises StoreUnavailable if
    some stay unprocessed, and the errors that boto3 raises.
    """
    call = getattr(client, command["command"])
    requests = exchange(command)
    seconds, arguments = next(requests)
    while True:
        if seconds:
            pause(seconds)
        try:
            seconds, arguments = requests.send(call(**arguments))
        except StopIteration as end:
            return cast(Items, end.value)


def sender(client: Any) -> Callable[[Command], object]:
    """``run`` with this client, for a ``RealtimeBuffer`` to send through."""
    return lambda command: run(client, command)


def exchange(command: Command) -> Exchange:
    """The requests of a command, with the pause before each, until all is written or read."""
    arguments = command["input"]
    found: list[Item] = []
    attempts, pause = 1, 0.0
    while True:
        answer = yield pause, arguments
        found += answer.get("Items", ())
        if answer.get("UnprocessedItems"):
            if attempts == ATTEMPTS:
                raise StoreUnavailable(THROTTLED)
            arguments = {"RequestItems": answer["UnprocessedItems"]}
            pause = FIRST_PAUSE_S * 2 ** (attempts - 1)
            attempts += 1
        elif answer.get("LastEvaluatedKey"):
            arguments = {**arguments, "ExclusiveStartKey": answer["LastEvaluatedKey"]}
        else:
            return found
