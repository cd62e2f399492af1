"""Many appends become few requests; unprocessed items are sent again."""

import asyncio
from typing import Any

import pytest

from footfall.engines.aws import Answer
from footfall.engines.dynamodb.batches import LINGER_S, BatchWriter
from footfall.errors import StoreUnavailable
from tests.unit.engines.dynamodb.fakes import FakeConnection


def item(number: int) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": f"{number}"}}


class Table:
    """Stores all items, except the last ones of a request if ``refusals`` says so."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.sizes: list[int] = []
        self.refusals: list[int] = []
        """How many items of each of the next requests are left unprocessed."""
        self.connection = FakeConnection(self._answer)

    def _answer(self, operation: str, parameters: dict[str, Any]) -> Answer:
        assert operation == "batch_write_item"
        requests = parameters["RequestItems"]["table"]
        refused = min(self.refusals.pop(0), len(requests)) if self.refusals else 0
        taken = requests[: len(requests) - refused]
        self.sizes.append(len(requests))
        self.items += [each["PutRequest"]["Item"]["sk"]["S"] for each in taken]
        left = requests[len(taken) :]
        return {"UnprocessedItems": {"table": left} if left else {}}


async def test_the_first_append_is_sent_at_once_and_later_ones_fill_batches() -> None:
    table = Table()
    writer = BatchWriter(table.connection)
    await writer.put([item(0)])
    await asyncio.gather(*(writer.put([item(n)]) for n in range(1, 61)))
    assert table.sizes == [1, 25, 25, 10]
    assert sorted(table.items, key=int) == [str(n) for n in range(61)]


async def test_a_small_batch_waits_for_the_linger_time() -> None:
    table = Table()
    writer = BatchWriter(table.connection)
    await writer.put([item(0)])
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await writer.put([item(1)])
    assert loop.time() - begun >= LINGER_S * 0.9
    assert table.sizes == [1, 1]


async def test_only_unprocessed_items_are_sent_again() -> None:
    table = Table()
    table.refusals = [20, 5]
    writer = BatchWriter(table.connection)
    await writer.put([item(n) for n in range(25)])
    assert table.sizes == [25, 20, 5]
    assert len(table.items) == len(set(table.items)) == 25


async def test_a_table_that_accepts_nothing_fails_in_bounded_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("footfall.engines.dynamodb.connection.GIVE_UP_AFTER_S", 0.2)
    table = Table()
    table.refusals = [25] * 1_000
    writer = BatchWriter(table.connection)
    with pytest.raises(StoreUnavailable, match="takes no more writes"):
        await writer.put([item(n) for n in range(25)])
    table.refusals = []
    await writer.put([item(1)])


async def test_an_item_twice_in_a_batch_is_sent_once() -> None:
    table = Table()
    writer = BatchWriter(table.connection)
    await writer.put([item(1), item(2), item(1)])
    assert table.items == ["1", "2"]


async def test_a_cancelled_caller_does_not_cancel_others() -> None:
    table = Table()
    writer = BatchWriter(table.connection)
    await writer.put([item(0)])
    first = asyncio.create_task(writer.put([item(1)]))
    second = asyncio.create_task(writer.put([item(2)]))
    await asyncio.sleep(0)
    first.cancel()
    await second
    assert table.items == ["0", "1", "2"]


async def test_closing_writes_waiting_items() -> None:
    table = Table()
    writer = BatchWriter(table.connection)
    await writer.put([item(0)])
    waiting = asyncio.create_task(writer.put([item(1)]))
    await asyncio.sleep(0)
    await writer.close()
    await waiting
    assert table.items == ["0", "1"]
