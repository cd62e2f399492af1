"""Reading the shards of a fake stream as they split and end."""

from typing import Any

import pytest

from footfall.engines.aws import Answer
from footfall.engines.dynamodb.connection import Refused
from footfall.engines.dynamodb.stream import StreamShards
from tests.unit.engines.dynamodb.fakes import FakeConnection


class Stream:
    """Shards with numbered records. An iterator is ``shard/index``."""

    def __init__(self) -> None:
        self.records: dict[str, list[int]] = {}
        self.parents: dict[str, str] = {}
        self.ended: set[str] = set()
        self.refusals: list[str] = []
        self.shards = StreamShards(FakeConnection(self._answer))

    def add(self, shard: str, *records: int, parent: str | None = None) -> None:
        self.records.setdefault(shard, []).extend(records)
        if parent is not None:
            self.parents[shard] = parent

    async def read(self) -> list[int]:
        return [
            int(record["dynamodb"]["SequenceNumber"])
            for records in await self.shards.read()
            for record in records
        ]

    def _answer(self, operation: str, parameters: dict[str, Any]) -> Answer:
        answer: Answer = getattr(self, operation)(**parameters)
        return answer

    def describe_table(self, TableName: str) -> Answer:  # noqa: N803 - DynamoDB's name
        enabled = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        return {"Table": {"StreamSpecification": enabled, "LatestStreamArn": "arn"}}

    def describe_stream(self, **_: Any) -> Answer:
        return {"StreamDescription": {"Shards": [self._shard(each) for each in self.records]}}

    def get_shard_iterator(self, **parameters: Any) -> Answer:
        records = self.records[parameters["ShardId"]]
        index = {
            "LATEST": len(records),
            "TRIM_HORIZON": 0,
            "AFTER_SEQUENCE_NUMBER": sum(
                each <= int(parameters.get("SequenceNumber", 0)) for each in records
            ),
        }[parameters["ShardIteratorType"]]
        return {"ShardIterator": f"{parameters['ShardId']}/{index}"}

    def get_records(self, ShardIterator: str, Limit: int) -> Answer:  # noqa: N803
        if self.refusals:
            raise Refused(self.refusals.pop(0))
        shard, index = ShardIterator.split("/")
        found = self.records[shard][int(index) :]
        answer: Answer = {
            "Records": [{"dynamodb": {"SequenceNumber": str(each)}} for each in found]
        }
        if shard not in self.ended:
            answer["NextShardIterator"] = f"{shard}/{len(self.records[shard])}"
        return answer

    def _shard(self, name: str) -> dict[str, Any]:
        numbers = {"StartingSequenceNumber": "0"}
        if name in self.ended:
            numbers["EndingSequenceNumber"] = "9"
        parent = {"ParentShardId": self.parents[name]} if name in self.parents else {}
        return {"ShardId": name, "SequenceNumberRange": numbers, **parent}


@pytest.fixture
def stream() -> Stream:
    made = Stream()
    made.add("old", 1, 2)
    made.ended.add("old")
    made.add("a", 3)
    made.add("b")
    return made


async def test_it_begins_at_the_end_of_the_open_shards(stream: Stream) -> None:
    await stream.shards.begin()
    assert await stream.read() == []
    stream.add("a", 5)
    stream.add("b", 6)
    assert await stream.read() == [5, 6]
    assert set(stream.shards.followed) == {"a", "b"}


async def test_a_shard_that_splits_is_read_to_its_end_before_its_children(
    stream: Stream,
) -> None:
    await stream.shards.begin()
    stream.add("a", 5)
    stream.add("a1", 7, parent="a")
    stream.add("a2", 8, parent="a")
    stream.ended.add("a")
    assert await stream.read() == [5]
    assert await stream.read() == [7, 8]
    assert set(stream.shards.followed) == {"b", "a1", "a2"}


async def test_grandchildren_are_read_after_their_parents(stream: Stream) -> None:
    await stream.shards.begin()
    stream.ended |= {"a", "a1"}
    stream.add("a1", 7, parent="a")
    stream.add("a11", 9, parent="a1")
    seen = [await stream.read() for _ in range(4)]
    assert seen == [[], [7], [9], []]


@pytest.mark.parametrize("code", ["ExpiredIteratorException", "TrimmedDataAccessException"])
async def test_an_invalid_iterator_is_replaced(stream: Stream, code: str) -> None:
    await stream.shards.begin()
    stream.add("a", 5)
    assert await stream.read() == [5]
    stream.refusals = [code, code]
    stream.add("a", 6)
    assert await stream.read() == []
    assert set(stream.shards.followed) == {"a", "b"}
    assert (await stream.read())[-1] == 6


async def test_a_first_iterator_that_expires_unused_misses_nothing(stream: Stream) -> None:
    await stream.shards.begin()
    stream.add("b", 6)
    stream.refusals = ["ExpiredIteratorException", "ExpiredIteratorException"]
    await stream.read()
    assert 6 in await stream.read()
