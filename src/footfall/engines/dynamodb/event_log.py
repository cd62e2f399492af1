"""The event log in DynamoDB: batch writes, replay by query, tail by the table's stream."""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Sequence

from msgspec.structs import replace

from footfall.background import BackgroundTask
from footfall.clock import now_ms
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.batches import BatchWriter
from footfall.engines.dynamodb.connection import Connection
from footfall.engines.dynamodb.deliveries import Deliveries, Found, event_key
from footfall.engines.dynamodb.event_reader import EventReader
from footfall.engines.dynamodb.items import AT, Item, Lifetimes, to_item
from footfall.engines.dynamodb.lease import Lease
from footfall.engines.dynamodb.links import Links
from footfall.engines.dynamodb.options import TableOptions
from footfall.engines.dynamodb.replay import first_since, merged
from footfall.engines.dynamodb.shards import ShardCount
from footfall.engines.dynamodb.stream import StreamShards
from footfall.engines.dynamodb.tail import StreamReader
from footfall.engines.tails import StoreTail
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import Cutoffs
from footfall.eventlog.retention import RetentionPolicy
from footfall.model import SIGNALS, Event, Offset
from footfall.times import DAY_MS

CHUNK = 500
SIGNALS_MS = 2 * DAY_MS
"""How long pings and leaves stay at least: a quiet site is archived by the day."""


class DynamoDbEventLog:
    """See ``eventlog.port.EventLog``. Any number of processes may append; two may tail.

    DynamoDB itself expires old events, hours late; ``prune`` hides them at once and permanently
    deletes the links between days.
    """

    def __init__(self, options: TableOptions, policy: RetentionPolicy) -> None:
        self.connection = Connection(options)
        self._lifetimes = Lifetimes(
            events=max(policy.raw_ms, 2 * policy.retention_ms) // 1000,
            signals=max(2 * policy.retention_ms, SIGNALS_MS) // 1000,
        )
        self._writer = BatchWriter(self.connection)
        self._links = Links(self.connection)
        self._event_reader = EventReader(self._links)
        self._shards = ShardCount(self.connection)
        self._lease = Lease(self.connection, _node_name(), now_ms)
        self._cutoffs = Cutoffs(events=0, signals=0, links=0)
        self._reader: StreamReader | None = None
        self._beginning = asyncio.Lock()
        self._may_append = asyncio.Event()
        self._may_append.set()
        self._appending = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._is_closed = False

    async def append(self, events: Sequence[Event]) -> None:
        while not self._may_append.is_set():
            await self._may_append.wait()
        self._check_open()
        if events:
            self._appending += 1
            self._idle.clear()
            try:
                await self._append(events)
            finally:
                self._appending -= 1
                if not self._appending:
                    self._idle.set()

    async def probe(self) -> None:
        """Deletes an item that never existed: a write, which the stream does not show."""
        self._check_open()
        await self._writer.delete([(keys.CATALOG, keys.PROBE)])

    async def tail(self) -> StoreTail:
        async with self._beginning:
            self._check_open()
            if self._reader is None:
                self._reader = await self._begin()
        await self._reader.caught_up()
        return self._reader.open()

    async def replay(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        self._check_open()
        shards = await self._shards.for_reading()
        deliveries = self._reader.deliveries if self._reader is not None else None
        is_first = deliveries is not None and deliveries.is_first_replay(site, since)
        async for items in merged(self.connection, site, since, shards):
            for start in range(0, len(items), CHUNK):
                part = items[start : start + CHUNK]
                if deliveries is not None:
                    wanted = deliveries.select(_found(part), until, is_first=is_first)
                    part = [item for item, is_in in zip(part, wanted, strict=True) if is_in]
                if shown := await self._shown(part):
                    yield shown
        if deliveries is not None and is_first:
            deliveries.replayed(site, since)

    async def first_event(self, site: str) -> int | None:
        self._check_open()
        shards = await self._shards.for_reading()
        return await first_since(self.connection, site, self._cutoffs.events, shards)

    async def prune(self, cutoffs: Cutoffs) -> int:
        """Changes no stored event, so it always returns 0."""
        self._check_open()
        self._cutoffs = cutoffs
        await self._links.delete_before(cutoffs.links)
        return 0

    @property
    def unreadable(self) -> int:
        """How many items could not be decoded."""
        return self._event_reader.unreadable

    @property
    def tasks(self) -> Sequence[BackgroundTask]:
        reading = () if self._reader is None else (self._reader.task,)
        return (self._lease.task, *reading)

    def problem(self) -> str | None:
        return self._lease.problem

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        await self._idle.wait()
        await self._writer.close()
        if self._reader is not None:
            await self._reader.close()
            await self._lease.stop()
        await self.connection.close()

    async def _append(self, events: Sequence[Event]) -> None:
        shards = await self._shards.for_writing()
        link_keys = await self._links.for_writing(events)
        at = now_ms()
        items = [
            to_item(event, shards=shards, at=at, lifetimes=self._lifetimes, link_keys=link_keys)
            for event in events
        ]
        if self._reader is None:
            await self._writer.put(items)
            return
        written = [_key(item) for item in items]
        self._reader.deliveries.expect(written, at)
        try:
            await self._writer.put(items)
        except (StoreUnavailable, asyncio.CancelledError):
            self._reader.deliveries.give_up(written)
            raise

    async def _begin(self) -> StreamReader:
        """Start to read the stream while no append of this process is in progress."""
        self._may_append.clear()
        try:
            await self._idle.wait()
            shards = StreamShards(self.connection)
            await shards.begin()
            began = now_ms()
            # Offsets start at the current time (µs), so a later process has larger ones.
            deliveries = Deliveries(time.time_ns() // 1000, began)
            self._lease.start()
            poll = self.connection.options.poll_ms / 1000
            return StreamReader(shards, deliveries, self._event_reader, poll, now_ms)
        finally:
            self._may_append.set()

    async def _shown(self, items: list[Item]) -> list[Event]:
        """The events of ``items``, without expired events and links."""
        if not items:
            return []
        cut = self._cutoffs
        shown = []
        for event in await self._event_reader.read(items):
            if event is None:
                continue
            if event.time >= (cut.signals if event.type in SIGNALS else cut.events):
                is_cut = event.previous_visitor is not None and event.time < cut.links
                shown.append(replace(event, previous_visitor=None) if is_cut else event)
        return shown

    def _check_open(self) -> None:
        if self._is_closed:
            raise StoreUnavailable(
                f"the store {self.connection.table} is closed: the server is shutting down"
            )


def _found(items: list[Item]) -> list[Found]:
    return [Found(_key(item), _written(item)) for item in items]


def _written(item: Item) -> int:
    """When an item was written (ms); long ago if it does not say."""
    try:
        return int(item[AT]["N"])
    except (KeyError, TypeError, ValueError):
        return 0


def _key(item: Item) -> int:
    return event_key(item[keys.PARTITION]["S"], item[keys.SORT]["S"])


def _node_name() -> str:
    """A unique name that shows operators which process it is."""
    return f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
