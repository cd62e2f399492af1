"""One reader of the stream for all tails of a process.

It never waits for a tail: the stream itself keeps a day, and a tail that is behind reads there
again what it missed.
"""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.backlog import Backlog
from footfall.engines.dynamodb.deliveries import Deliveries, EventKey, event_key
from footfall.engines.dynamodb.event_reader import EventReader
from footfall.engines.dynamodb.items import BODY
from footfall.engines.dynamodb.stream import (
    MAX_RECORDS,
    Record,
    ShardRead,
    StreamShards,
    sequence_of,
)
from footfall.engines.tails import StoreTail, Tails
from footfall.errors import StoreUnavailable
from footfall.model import Batch, Event, Offset

logger = structlog.get_logger()

LONGEST_POLL = 2.5
"""The longest pause while nothing arrives, as a multiple of the usual one."""
RETRY_S = 1.0
GIVE_UP_AFTER_S = 10.0
"""How long ``caught_up`` waits for what this process has written."""


class StreamReader:
    """Reads the stream until it is closed, and gives the events offsets."""

    def __init__(
        self,
        shards: StreamShards,
        deliveries: Deliveries,
        event_reader: EventReader,
        poll: float,
        now: Clock,
    ) -> None:
        """``poll`` is the pause between two reads, in seconds."""
        self.deliveries = deliveries
        self._tails = Tails(deliveries.end, self._read_after, self._silence)
        self._backlog = Backlog(deliveries.end)
        self._shards = shards
        self._event_reader = event_reader
        self._poll = poll
        self._pause = poll
        self._now = now
        self._delivered = asyncio.Condition()
        self._heard = asyncio.get_running_loop().time()
        self.task = BackgroundTask("stream")
        self.task.start(self._run)

    def open(self) -> StoreTail:
        return self._tails.open()

    async def caught_up(self) -> None:
        """Returns when everything that this process has written so far was delivered.

        Raises StoreUnavailable after ``GIVE_UP_AFTER_S``.
        """
        due = self.deliveries.undelivered()
        try:
            async with asyncio.timeout(GIVE_UP_AFTER_S), self._delivered:
                await self._delivered.wait_for(lambda: not self.deliveries.is_due(due))
        except TimeoutError:
            raise StoreUnavailable(
                f"the table's stream has not delivered events of {GIVE_UP_AFTER_S:.0f} s ago: "
                "see `footfall dynamodb status`"
            ) from None

    async def close(self) -> None:
        """Stop reading; tails end after what this process has written."""
        if not self._tails.is_closed:
            try:
                if self._tails.is_followed:
                    await self.caught_up()
            except StoreUnavailable as error:
                logger.warning("stream.unread", error=str(error))
            await self.task.stop()
            self._tails.close()

    def _silence(self) -> float:
        """Seconds since the stream was last read, less twice the longest pause between reads."""
        pause = self._poll * LONGEST_POLL
        return max(0.0, asyncio.get_running_loop().time() - self._heard - 2 * pause)

    async def _run(self) -> None:
        while True:
            try:
                await self._read()
            except StoreUnavailable as error:
                self.task.failures += 1
                logger.warning("stream.failed", error=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                await asyncio.sleep(self._pause)

    async def _read(self) -> None:
        started = self._now()
        most = 0
        for read in await self._shards.read():
            await self._deliver(read)
            self._shards.advance(read)
            most = max(most, len(read.records))
        if most < MAX_RECORDS:
            is_behind = self._tails.behind() is not None
            self.deliveries.reached_end(started, is_behind=is_behind)
        self._heard = asyncio.get_running_loop().time()
        self._pause = self._next_pause(most)
        async with self._delivered:
            self._delivered.notify_all()

    def _next_pause(self, most: int) -> float:
        """Half as long while there is much to read, increasingly longer while nothing arrives."""
        if most >= MAX_RECORDS:
            return self._poll / 2
        return self._poll if most else min(self._pause * 1.5, self._poll * LONGEST_POLL)

    async def _deliver(self, read: ShardRead) -> None:
        """Raises StoreUnavailable; then nothing is delivered."""
        records = [each for each in read.records if _is_new_event(each)]
        if not records:
            return
        events = await self._events(records)
        new: list[Event] = []
        for record, event in zip(records, events, strict=True):
            key = _key(record)
            if event is None:
                self.deliveries.give_up([key])
            elif self.deliveries.deliver(key, _made(record)):
                new.append(event)
        if new:
            batch = Batch(self.deliveries.end, new)
            self._tails.deliver(batch, max(0.0, (self._now() - _made(records[0])) / 1000))
            self._note(read, batch)

    def _note(self, read: ShardRead, batch: Batch) -> None:
        """Remember where the batch is, if a tail could not take it."""
        behind = self._tails.behind()
        self._backlog.trim(batch.offset if behind is None else behind)
        if behind is not None:
            span = (sequence_of(read.records[0]), sequence_of(read.records[-1]))
            self._backlog.add(read.shard.id, span, len(batch.events), batch.offset)

    async def _read_after(self, after: Offset, until: Offset) -> Batch:
        """See ``engines.tails.ReadAfter``. Raises TailLost, StoreUnavailable."""
        segment = self._backlog.after(after)
        if segment is None:
            return Batch(until, [])
        found = await asyncio.gather(
            *(self._shards.between(shard, *span) for shard, span in segment.spans.items())
        )
        records = [each for records in found for each in records if _is_new_event(each)]
        events = await self._events(records)
        return Batch(
            segment.end,
            [
                event
                for record, event in zip(records, events, strict=True)
                if event is not None and self._is_between(_key(record), after, segment.end)
            ],
        )

    def _is_between(self, key: EventKey, after: Offset, until: Offset) -> bool:
        """True also for an event whose offset is forgotten: it was delivered long ago."""
        offset = self.deliveries.offset_of(key)
        return offset is None or after < offset <= until

    async def _events(self, records: list[Record]) -> list[Event | None]:
        items: list[Any] = [record["dynamodb"]["NewImage"] for record in records]
        return await self._event_reader.read(items)


def _is_new_event(record: Record) -> bool:
    """Whether the record is an event that was inserted; later changes to it do not matter."""
    inner = record["dynamodb"]
    return (
        record["eventName"] == "INSERT"
        and inner["Keys"][keys.SORT]["S"].startswith(keys.EVENT_PREFIX)
        and BODY in inner.get("NewImage", {})
    )


def _made(record: Record) -> int:
    made: datetime = record["dynamodb"]["ApproximateCreationDateTime"]
    return int(made.timestamp() * 1000)


def _key(record: Record) -> EventKey:
    stored = record["dynamodb"]["Keys"]
    return event_key(stored[keys.PARTITION]["S"], stored[keys.SORT]["S"])
