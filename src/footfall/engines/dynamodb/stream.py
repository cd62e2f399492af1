"""The shards of the table's stream: discovered, followed through splits, resumed after errors.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

import asyncio
from typing import Any, TypeAlias

from footfall.engines.dynamodb.connection import Connection, Refused

Record: TypeAlias = dict[str, Any]

MAX_RECORDS = 500
"""Records per read: fewer than DynamoDB allows, so that parsing them takes only a few ms."""
DISCOVERY_S = 10.0


class _StreamShard:
    """A shard that is followed. Without an ``iterator``, a new one is fetched after ``last``."""

    __slots__ = ("id", "iterator", "kind", "last")

    def __init__(self, shard_id: str, kind: str) -> None:
        self.id = shard_id
        self.kind = kind
        """Where to begin: ``LATEST`` or ``TRIM_HORIZON``."""
        self.iterator: str | None = None
        self.last: str | None = None


class StreamShards:
    """Reads everything from the stream's current end on, a parent's records before its children's.
    Records are ordered only within a shard."""

    def __init__(self, connection: Connection) -> None:
        self.followed: dict[str, _StreamShard] = {}
        self._connection = connection
        self._arn = ""
        self._known: set[str] = set()
        self._discovered = 0.0

    async def begin(self) -> None:
        """Start at the stream's end: everything written after this returns will be read. Raises
        StoreUnavailable."""
        self._arn = await self._find()
        for each in await self._describe():
            self._known.add(each["ShardId"])
            if "EndingSequenceNumber" not in each.get("SequenceNumberRange", {}):
                self.followed[each["ShardId"]] = _StreamShard(each["ShardId"], "LATEST")
        await asyncio.gather(*(self._iterate(shard) for shard in self.followed.values()))
        for shard in self.followed.values():
            # If the first iterator expires unused, a new one must not skip records.
            shard.kind = "TRIM_HORIZON"

    async def read(self) -> list[list[Record]]:
        """One read of each shard. Raises StoreUnavailable; then none of it counts as read."""
        await self._discover()
        shards = list(self.followed.values())
        answers = await asyncio.gather(*(self._read(shard) for shard in shards))
        records = []
        for shard, answer in zip(shards, answers, strict=True):
            records.append(answer["Records"])
            if answer["Records"]:
                shard.last = answer["Records"][-1]["dynamodb"]["SequenceNumber"]
            shard.iterator = answer.get("NextShardIterator")
            if shard.iterator is None and "expired" not in answer:
                del self.followed[shard.id]
                self._discovered = 0.0
        return records

    async def _read(self, shard: _StreamShard) -> dict[str, Any]:
        try:
            if shard.iterator is None:
                await self._iterate(shard)
            return await self._connection.request(
                "get_records", ShardIterator=shard.iterator, Limit=MAX_RECORDS
            )
        except Refused as refusal:
            if refusal.code == "TrimmedDataAccessException":
                shard.last = None  # a day behind: the lost records are older than any window
            return {"Records": [], "expired": True}

    async def _iterate(self, shard: _StreamShard) -> None:
        after: dict[str, Any] = {"ShardIteratorType": shard.kind}
        if shard.last is not None:
            after = {
                "ShardIteratorType": "AFTER_SEQUENCE_NUMBER",
                "SequenceNumber": shard.last,
            }
        answer = await self._connection.request(
            "get_shard_iterator", StreamArn=self._arn, ShardId=shard.id, **after
        )
        shard.iterator = answer["ShardIterator"]

    async def _discover(self) -> None:
        """Follow new shards whose parent has been read to its end."""
        now = asyncio.get_running_loop().time()
        if now - self._discovered < DISCOVERY_S:
            return
        described = {each["ShardId"]: each.get("ParentShardId") for each in await self._describe()}
        waiting = described.keys() - self._known
        for shard_id in sorted(waiting):
            parent = described[shard_id]
            if parent not in waiting and parent not in self.followed:
                self._known.add(shard_id)
                self.followed[shard_id] = _StreamShard(shard_id, "TRIM_HORIZON")
        self._discovered = now

    async def _find(self) -> str:
        answer = await self._connection.request("describe_table", TableName=self._connection.table)
        table = answer["Table"]
        if not table.get("StreamSpecification", {}).get("StreamEnabled"):
            raise self._connection.unavailable(
                "it has no stream: run `footfall dynamodb enable-streams`"
            )
        arn: str = table["LatestStreamArn"]
        return arn

    async def _describe(self) -> list[dict[str, Any]]:
        shards: list[dict[str, Any]] = []
        start: dict[str, Any] = {}
        while True:
            answer = await self._connection.request("describe_stream", StreamArn=self._arn, **start)
            description = answer["StreamDescription"]
            shards += description["Shards"]
            last = description.get("LastEvaluatedShardId")
            if last is None:
                return shards
            start = {"ExclusiveStartShardId": last}
