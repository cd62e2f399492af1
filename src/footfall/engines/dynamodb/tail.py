"""One reader of the stream for all tails of a process, at the pace of the slowest.

The stream itself is the buffer and keeps a day, so a slow tail costs no memory beyond its own
buffer.
"""

import asyncio
from datetime import datetime
from typing import Any

import structlog

from footfall.background import BackgroundTask
from footfall.clock import Clock
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.deliveries import Deliveries, event_key
from footfall.engines.dynamodb.items import BODY, LINK, day_of, to_events
from footfall.engines.dynamodb.links import Links
from footfall.engines.dynamodb.stream import MAX_RECORDS, Record, StreamShards
from footfall.engines.tails import MAX_BUFFERED_EVENTS, BufferedTail, parts
from footfall.errors import StoreUnavailable
from footfall.model import Batch, Event

logger = structlog.get_logger()

LONGEST_POLL = 2.5
"""The longest pause while nothing arrives, as a multiple of the usual one."""
RETRY_S = 1.0
GIVE_UP_AFTER_S = 10.0
"""How long ``caught_up`` waits for what this process has written."""


class StreamTail(BufferedTail):
    """See ``eventlog.port.Tail``."""

    def __init__(self, reader: "StreamReader") -> None:
        super().__init__(reader.deliveries.end)
        self._reader = reader

    @property
    def is_full(self) -> bool:
        return self._buffered_events >= MAX_BUFFERED_EVENTS

    def delay(self) -> float:
        """Measured from when DynamoDB created the record; at least ``StreamReader.silence``."""
        waiting = (self._reader.now() - self._buffer[0][0]) / 1000 if self._buffer else 0.0
        return max(waiting, self._reader.silence())

    def push(self, made: int, batch: Batch) -> None:
        self._buffer_batch(made, batch)
        self.wake()

    def _pop(self) -> Batch:
        batch = super()._pop()
        self._reader.wake()
        return batch

    def _source_is_closed(self) -> bool:
        return self._reader.is_closed

    def _detach(self) -> None:
        self._reader.remove(self)


class StreamReader:
    """Reads the stream until it is closed, and gives the events offsets."""

    def __init__(
        self,
        shards: StreamShards,
        deliveries: Deliveries,
        links: Links,
        poll: float,
        now: Clock,
    ) -> None:
        """``poll`` is the pause between two reads, in seconds."""
        self.is_closed = False
        self.deliveries = deliveries
        self.now = now
        self._shards = shards
        self._links = links
        self._poll = poll
        self._pause = poll
        self._tails: set[StreamTail] = set()
        self._woken = asyncio.Event()
        self._delivered = asyncio.Condition()
        self._heard = asyncio.get_running_loop().time()
        self.task = BackgroundTask("stream")
        self.task.start(self._run)

    def open(self) -> StreamTail:
        tail = StreamTail(self)
        self._tails.add(tail)
        return tail

    def remove(self, tail: StreamTail) -> None:
        self._tails.discard(tail)
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    def silence(self) -> float:
        """Seconds since the stream was last read, less twice the longest pause between reads."""
        pause = self._poll * LONGEST_POLL
        return max(0.0, asyncio.get_running_loop().time() - self._heard - 2 * pause)

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
        if not self.is_closed:
            try:
                if self._tails:
                    await self.caught_up()
            except StoreUnavailable as error:
                logger.warning("stream.unread", error=str(error))
            self.is_closed = True
            await self.task.stop()
            for tail in self._tails:
                tail.wake()

    async def _run(self) -> None:
        while True:
            while any(tail.is_full for tail in self._tails):
                self._woken.clear()
                await self._woken.wait()
            try:
                await self._read()
            except StoreUnavailable as error:
                self.task.failures += 1
                logger.warning("stream.failed", error=str(error))
                await asyncio.sleep(RETRY_S)
            else:
                await asyncio.sleep(self._pause)

    async def _read(self) -> None:
        started = self.now()
        found = await self._shards.read()
        for records in found:
            await self._deliver([each for each in records if _is_new_event(each)])
        most = max((len(records) for records in found), default=0)
        if most < MAX_RECORDS:
            self.deliveries.reached_end(started)
        self._heard = asyncio.get_running_loop().time()
        self._pause = self._next_pause(most)
        async with self._delivered:
            self._delivered.notify_all()

    def _next_pause(self, most: int) -> float:
        """Half as long while there is much to read, increasingly longer while nothing arrives."""
        if most >= MAX_RECORDS:
            return self._poll / 2
        return self._poll if most else min(self._pause * 1.5, self._poll * LONGEST_POLL)

    async def _deliver(self, records: list[Record]) -> None:
        if not records:
            return
        events = await self._events(records)
        new: list[Event] = []
        for record, event in zip(records, events, strict=True):
            stored = record["dynamodb"]["Keys"]
            key = event_key(stored[keys.PARTITION]["S"], stored[keys.SORT]["S"])
            if self.deliveries.deliver(key, _made(record)):
                new.append(event)
        made = _made(records[0])
        for part in parts(Batch(self.deliveries.end, new)) if new else ():
            for tail in self._tails:
                tail.push(made, part)

    async def _events(self, records: list[Record]) -> list[Event]:
        items: list[Any] = [record["dynamodb"]["NewImage"] for record in records]
        linked = [item for item in items if LINK in item]
        times = (keys.time_of(item[keys.SORT]["S"]) for item in linked)
        link_keys = await self._links.for_reading(map(day_of, times))
        return to_events(items, link_keys)


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
