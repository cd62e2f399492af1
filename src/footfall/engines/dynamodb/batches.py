"""Combines many small appends into full batch writes.

DynamoDB takes 25 items per request. A batch is sent when it is full, or when ``LINGER_S`` has
passed since the last one was sent: an idle node sends the next event at once, and a busy node waits
a little and sends full batches.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Backoff, Connection
from footfall.engines.dynamodb.items import Item

MAX_ITEMS = 25
LINGER_S = 0.1
IN_FLIGHT = 16
"""Concurrent requests."""


class _Batch:
    __slots__ = ("done", "requests")

    def __init__(self) -> None:
        self.requests: dict[tuple[str, str], Any] = {}
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class BatchWriter:
    def __init__(self, connection: Connection) -> None:
        self.batches = 0
        self._connection = connection
        self._slots = asyncio.Semaphore(IN_FLIGHT)
        self._open: _Batch | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._flushed = float("-inf")
        self._sending: set[asyncio.Task[None]] = set()

    async def put(self, items: Iterable[Item]) -> None:
        """Returns when all are written. After StoreUnavailable, some may be written; writing them
        again changes nothing."""
        await self._write((_key(item), {"PutRequest": {"Item": item}}) for item in items)

    async def delete(self, pairs: Iterable[tuple[str, str]]) -> None:
        """``pairs`` are partition and sort keys. Raises StoreUnavailable."""
        await self._write(
            (
                (partition, sort),
                {"DeleteRequest": {"Key": key_of(partition, sort)}},
            )
            for partition, sort in pairs
        )

    async def close(self) -> None:
        """Returns when everything submitted is written or has failed."""
        self._flush()
        await asyncio.gather(*self._sending, return_exceptions=True)

    async def _write(self, requests: Iterable[tuple[tuple[str, str], Any]]) -> None:
        futures = {self._add(key, request) for key, request in requests}
        if futures:
            # A cancelled caller must not cancel a future that others share.
            done, _ = await asyncio.wait(futures)
            for future in done:
                future.result()

    def _add(self, key: tuple[str, str], request: Any) -> asyncio.Future[None]:
        """Replaces an item with the same key in the batch: DynamoDB takes each key once."""
        batch = self._open
        if batch is None:
            batch = self._open = _Batch()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._flushed + LINGER_S, self._flush)
        batch.requests[key] = request
        if len(batch.requests) == MAX_ITEMS:
            self._flush()
        return batch.done

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._open is not None:
            task = asyncio.create_task(self._send(self._open))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
            self._open = None
            self._flushed = asyncio.get_running_loop().time()

    async def _send(self, batch: _Batch) -> None:
        try:
            async with self._slots:
                await self._send_all(list(batch.requests.values()))
        except BaseException as error:  # the waiting callers must get any error
            batch.done.set_exception(error)
            batch.done.exception()  # marks it as retrieved, even if nobody waits any more
            if not isinstance(error, Exception):
                raise
        else:
            self.batches += 1
            batch.done.set_result(None)

    async def _send_all(self, requests: list[Any]) -> None:
        backoff = Backoff()
        table = self._connection.table
        while True:
            answer = await self._connection.request(
                "batch_write_item", backoff, RequestItems={table: requests}
            )
            requests = answer.get("UnprocessedItems", {}).get(table, [])
            if not requests:
                return
            if not await backoff.wait():
                raise self._connection.unavailable("it takes no more writes for now")
            self._connection.retries += 1


def key_of(partition: str, sort: str) -> Item:
    return {keys.PARTITION: {"S": partition}, keys.SORT: {"S": sort}}


def _key(item: Item) -> tuple[str, str]:
    return item[keys.PARTITION]["S"], item[keys.SORT]["S"]
