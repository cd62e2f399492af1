"""A fake connection to DynamoDB, and a fake stream of a table."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from footfall.engines.aws import Answer
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Backoff, Connection, Refused
from footfall.engines.dynamodb.items import Item
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


class FakeStream:
    """Shards of numbered records; an iterator is ``shard/index``. ``refusals`` are the next answers
    to reading."""

    def __init__(self) -> None:
        self.records: dict[str, list[Any]] = {}
        self.parents: dict[str, str] = {}
        self.ended: set[str] = set()
        self.refusals: list[str] = []
        self.connection = FakeConnection(self._answer)

    def add(self, shard: str, *numbers: int, parent: str | None = None) -> None:
        """Records of some other change."""
        self.records.setdefault(shard, []).extend(
            {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": str(number)}}
            for number in numbers
        )
        if parent is not None:
            self.parents[shard] = parent

    def put(self, shard: str, item: Item, made: float) -> None:
        """The item was inserted at ``made`` (s)."""
        number = sum(map(len, self.records.values())) + 1
        self.records[shard].append(
            {
                "eventName": "INSERT",
                "dynamodb": {
                    "SequenceNumber": str(number),
                    "ApproximateCreationDateTime": datetime.fromtimestamp(made, UTC),
                    "Keys": {name: item[name] for name in (keys.PARTITION, keys.SORT)},
                    "NewImage": item,
                },
            }
        )

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
        number = int(parameters.get("SequenceNumber", 0))
        numbers = [int(each["dynamodb"]["SequenceNumber"]) for each in records]
        index = {
            "LATEST": len(records),
            "TRIM_HORIZON": 0,
            "AFTER_SEQUENCE_NUMBER": sum(each <= number for each in numbers),
            "AT_SEQUENCE_NUMBER": sum(each < number for each in numbers),
        }[parameters["ShardIteratorType"]]
        return {"ShardIterator": f"{parameters['ShardId']}/{index}"}

    def get_records(self, ShardIterator: str, Limit: int) -> Answer:  # noqa: N803
        if self.refusals:
            raise Refused(self.refusals.pop(0))
        shard, index = ShardIterator.split("/")
        found = self.records[shard][int(index) :][:Limit]
        answer: Answer = {"Records": found}
        following = int(index) + len(found)
        if shard not in self.ended or following < len(self.records[shard]):
            answer["NextShardIterator"] = f"{shard}/{following}"
        return answer

    def _shard(self, name: str) -> dict[str, Any]:
        numbers = {"StartingSequenceNumber": "0"}
        if name in self.ended:
            numbers["EndingSequenceNumber"] = "9"
        parent = {"ParentShardId": self.parents[name]} if name in self.parents else {}
        return {"ShardId": name, "SequenceNumberRange": numbers, **parent}
