"""The shards of the table's stream: discovered, followed through splits, resumed after errors.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

import asyncio
from typing import Any, NamedTuple, TypeAlias

from footfall.engines.dynamodb.connection import Connection, Refused
from footfall.eventlog.port import TailLost

Record: TypeAlias = dict[str, Any]

MAX_RECORDS = 500
"""Records per read: fewer than DynamoDB allows, so that parsing them takes only a few ms."""
DISCOVERY_S = 10.0
TRIMMED = "TrimmedDataAccessException"


class _StreamShard:
    """A shard that is followed. Without an ``iterator``, a new one is fetched after ``last``."""

    __slots__ = ("id", "iterator", "kind", "last")

    def __init__(self, shard_id: str, kind: str) -> None:
        self.id = shard_id
        self.kind = kind
        """Where to begin: ``LATEST`` or ``TRIM_HORIZON``."""
        self.iterator: str | None = None
        self.last: str | None = None


class ShardRead(NamedTuple):
    """What one read of a shard found."""

    shard: _StreamShard
    records: list[Record]
    following: str | None
    """The iterator of the next read; None if the shard has ended, or the iterator expired."""
    is_expired: bool


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

    async def read(self) -> list[ShardRead]:
        """One read of each shard. What is not passed to ``advance`` is read again. Raises
        StoreUnavailable."""
        await self._discover()
        return await asyncio.gather(*(self._read(shard) for shard in self.followed.values()))

    def advance(self, read: ShardRead) -> None:
        """All records of ``read`` are delivered."""
        shard = read.shard
        if read.records:
            shard.last = sequence_of(read.records[-1])
        shard.iterator = read.following
        if shard.iterator is None and not read.is_expired:
            del self.followed[shard.id]
            self._discovered = 0.0

    async def between(self, shard_id: str, first: str, last: str) -> list[Record]:
        """The records of a shard from one sequence number to another, which were read before.
        Raises TailLost, StoreUnavailable."""
        try:
            return await self._between(shard_id, first, int(last))
        except Refused as refusal:
            if refusal.code == TRIMMED:
                raise TailLost(
                    "a reader of the log is more than a day behind, and the table's stream keeps "
                    "no more: it has to read the log again"
                ) from None
            raise self._connection.unavailable(refusal.code) from None

    async def _between(self, shard_id: str, first: str, last: int) -> list[Record]:
        answer = await self._connection.request(
            "get_shard_iterator",
            StreamArn=self._arn,
            ShardId=shard_id,
            ShardIteratorType="AT_SEQUENCE_NUMBER",
            SequenceNumber=first,
        )
        iterator, records = answer["ShardIterator"], list[Record]()
        while iterator is not None and (not records or int(sequence_of(records[-1])) < last):
            answer = await self._connection.request(
                "get_records", ShardIterator=iterator, Limit=MAX_RECORDS
            )
            records += answer["Records"]
            iterator = answer.get("NextShardIterator")
        return [each for each in records if int(sequence_of(each)) <= last]

    async def _read(self, shard: _StreamShard) -> ShardRead:
        try:
            if shard.iterator is None:
                await self._iterate(shard)
            answer = await self._connection.request(
                "get_records", ShardIterator=shard.iterator, Limit=MAX_RECORDS
            )
        except Refused as refusal:
            if refusal.code == TRIMMED:
                shard.last = None  # a day behind: the lost records are older than any window
            return ShardRead(shard, [], None, is_expired=True)
        following = answer.get("NextShardIterator")
        return ShardRead(shard, answer["Records"], following, is_expired=False)

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


def sequence_of(record: Record) -> str:
    sequence: str = record["dynamodb"]["SequenceNumber"]
    return sequence
