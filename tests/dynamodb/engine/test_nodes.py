"""Several event logs on one table, as several processes would have."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from footfall.engines.dynamodb import lease
from footfall.engines.dynamodb.event_log import DynamoDbEventLog
from footfall.engines.dynamodb.options import parse_options
from footfall.engines.open import USUAL_RETENTION
from footfall.model import Event
from tests.events import by_time, event, followed, replayed
from tests.tables import new_table

EVENTS = 300


@pytest.fixture
def url(dynamodb_endpoint: str, aws_credentials: None) -> Iterator[str]:
    with new_table(dynamodb_endpoint) as made:
        yield made


@pytest.fixture
async def logs(url: str) -> AsyncIterator[list[DynamoDbEventLog]]:
    made = [DynamoDbEventLog(parse_options(url), USUAL_RETENTION) for _ in range(3)]
    yield made
    for log in made:
        await log.close()


async def test_replay_and_tail_are_complete_while_another_node_writes(
    logs: list[DynamoDbEventLog],
) -> None:
    writer, reader, _ = logs
    history = [event(n) for n in range(EVENTS)]
    appending = asyncio.create_task(_append(writer, history))
    await asyncio.wait([appending], timeout=0.2)
    tail = await reader.tail()
    before = await replayed(reader, tail.start)
    after = await followed(tail, EVENTS - len(before))
    assert by_time(before + after) == history
    await appending


async def test_a_replay_contains_exactly_what_the_tail_has_delivered(
    logs: list[DynamoDbEventLog],
) -> None:
    """Otherwise a new view would count an event before its window does, and then again."""
    writer, reader, _ = logs
    tail = await reader.tail()
    assert await replayed(reader, tail.start) == []
    history = [event(n) for n in range(EVENTS)]
    appending = asyncio.create_task(_append(writer, history))
    seen = []
    async for batch in tail:
        seen += batch.events
        assert await replayed(reader, batch.offset) == by_time(seen)
        if len(seen) == EVENTS:
            break
    await appending


async def test_nodes_with_different_shards_read_each_others_events(url: str) -> None:
    few, many = (
        DynamoDbEventLog(parse_options(f"{url}&shards={shards}"), USUAL_RETENTION)
        for shards in (1, 8)
    )
    try:
        await few.append([event(n) for n in range(20)])
        await many.append([event(n) for n in range(20, 40)])
        assert await replayed(few, 0) == [event(n) for n in range(40)]
    finally:
        await few.close()
        await many.close()


async def test_a_third_live_node_reports_that_there_are_too_many(
    logs: list[DynamoDbEventLog], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "RENEWAL_S", 0.1)
    for log in logs:
        tail = await log.tail()
        await tail.aclose()
    await _until(lambda: logs[2].problem() is not None)
    assert "DynamoDB allows 2" in (logs[2].problem() or "")
    assert logs[0].problem() is None
    assert logs[1].problem() is None
    await logs[0].close()
    await _until(lambda: logs[2].problem() is None)


async def _append(log: DynamoDbEventLog, history: list[Event]) -> None:
    for start in range(0, len(history), 10):
        await log.append(history[start : start + 10])


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - there is no event to wait for
            await asyncio.sleep(0.05)
