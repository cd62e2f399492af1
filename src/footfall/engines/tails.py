"""Handing committed batches to the tails of one process, as the objects they are.

A tail has a bounded buffer. One that falls behind it re-reads from the store instead, so a slow
reader costs bounded memory and loses nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeAlias

from footfall.errors import StoreUnavailable
from footfall.model import Batch, Offset

MAX_BUFFERED_EVENTS = 20_000
MAX_PART = 500
"""Events handed over at once, so that folding them holds the event loop for a few ms only."""

RETRY_S = 1.0

ReadAfter: TypeAlias = Callable[[Offset, Offset], Awaitable[Batch]]
"""``(after, until)``: the next events with ``after < offset <= until`` in order of offset, as
many as one read gives. The batch's offset is ``until`` when there are no more."""


class Tails:
    """All tails of one log, and how far it has been delivered. Lives on the event loop."""

    def __init__(self, end: Offset, read_after: ReadAfter) -> None:
        self.end = end
        self.is_closed = False
        self.read_after = read_after
        self._open: set[BufferedTail] = set()

    def open(self) -> "BufferedTail":
        tail = BufferedTail(self)
        self._open.add(tail)
        return tail

    def deliver(self, batch: Batch) -> None:
        """Batches must come in order of offset; the offsets in a batch follow each other.

        A gap before it is a commit whose success the store could not tell: it is re-read.
        """
        if batch.offset - len(batch.events) > self.end:
            for tail in self._open:
                tail.fall_behind()
        for part in _parts(batch):
            self.end = part.offset
            for tail in self._open:
                tail.push(part)

    def remove(self, tail: "BufferedTail") -> None:
        self._open.discard(tail)

    def close(self) -> None:
        """Each tail ends after what is in its buffer."""
        self.is_closed = True
        for tail in self._open:
            tail.wake()


class BufferedTail:
    """See ``eventlog.port.Tail``."""

    def __init__(self, tails: Tails) -> None:
        self.start = tails.end
        self.reread = 0
        """Events read from the store again, since this tail had fallen behind."""
        self._tails = tails
        self._position = tails.end
        self._buffer: deque[tuple[float, Batch]] = deque()
        self._behind_since = 0.0
        self._buffered_events = 0
        self._is_behind = False
        self._is_open = True
        self._more = asyncio.Event()

    def __aiter__(self) -> "BufferedTail":
        return self

    async def __anext__(self) -> Batch:
        if self._buffer:
            await asyncio.sleep(0)  # a reader that never has to wait would starve the others
        while self._is_open:
            if self._buffer:
                return self._from_buffer()
            if self._tails.is_closed:
                break
            if self._is_behind:
                batch = await self._from_store()
                if batch.events:
                    return batch
                continue
            self._more.clear()
            await self._more.wait()
        await self.aclose()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self._is_open = False
        self._buffer.clear()
        self._tails.remove(self)
        self.wake()

    def push(self, batch: Batch) -> None:
        """Once behind, nothing is buffered until the store has been read to the log's end."""
        if self._buffer and self._buffered_events + len(batch.events) > MAX_BUFFERED_EVENTS:
            self.fall_behind()
        if not self._is_behind:
            self._buffer.append((asyncio.get_running_loop().time(), batch))
            self._buffered_events += len(batch.events)
        self.wake()

    def fall_behind(self) -> None:
        """Go on from the store after what is in the buffer."""
        if not self._is_behind:
            self._is_behind, self._behind_since = True, asyncio.get_running_loop().time()

    def delay(self) -> float:
        if self._buffer:
            since = self._buffer[0][0]
        elif self._is_behind:
            since = self._behind_since
        else:
            return 0.0
        return asyncio.get_running_loop().time() - since

    def wake(self) -> None:
        self._more.set()

    def _from_buffer(self) -> Batch:
        _, batch = self._buffer.popleft()
        self._buffered_events -= len(batch.events)
        self._position = batch.offset
        return batch

    async def _from_store(self) -> Batch:
        try:
            batch = await self._tails.read_after(self._position, self._tails.end)
        except StoreUnavailable:
            await asyncio.sleep(RETRY_S)
            return Batch(self._position, [])
        self._position = batch.offset
        self.reread += len(batch.events)
        self._is_behind = self._position < self._tails.end
        return batch


def _parts(batch: Batch) -> Iterator[Batch]:
    events = batch.events
    if len(events) <= MAX_PART:
        yield batch
        return
    before = batch.offset - len(events)
    for start in range(0, len(events), MAX_PART):
        part = events[start : start + MAX_PART]
        yield Batch(before + start + len(part), part)
