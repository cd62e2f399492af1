"""Delivers committed batches to the tails of one process, without encoding them again.

A tail has a bounded buffer. A tail that falls behind re-reads from the store instead, so a slow
reader costs bounded memory and loses nothing.
"""

import asyncio
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import Self, TypeAlias

from footfall.errors import StoreUnavailable
from footfall.model import Batch, Offset

MAX_BUFFERED_EVENTS = 20_000
MAX_PART = 500
"""Events delivered at once, so that folding them blocks the event loop only for a few ms."""

RETRY_S = 1.0

ReadAfter: TypeAlias = Callable[[Offset, Offset], Awaitable[Batch]]
"""From ``(after, until)`` to the next events with ``after < offset <= until``, in order of offset,
as many as one read returns. The batch's offset is ``until`` if there are no more."""


class Tails:
    """All tails of one log, and the offset delivered so far. Use it only in the event loop."""

    def __init__(
        self, end: Offset, read_after: ReadAfter, silence: Callable[[], float] = lambda: 0.0
    ) -> None:
        """``silence`` returns how many seconds of commits may be undelivered to all tails."""
        self.end = end
        self.is_closed = False
        self.read_after = read_after
        self.silence = silence
        self._open: set[StoreTail] = set()

    @property
    def is_followed(self) -> bool:
        return bool(self._open)

    def open(self) -> "StoreTail":
        tail = StoreTail(self)
        self._open.add(tail)
        return tail

    def deliver_threadsafe(self, loop: asyncio.AbstractEventLoop, batch: Batch) -> None:
        """Deliver ``batch`` from the thread that committed it."""
        loop.call_soon_threadsafe(self.deliver, batch)

    def deliver(self, batch: Batch, age: float = 0.0) -> None:
        """Push a batch to every tail that was committed ``age`` seconds ago. Batches are in order
        of offset, and the offsets within a batch are consecutive.

        A gap before the batch is a commit that the store reported as failed although it succeeded:
        the tails re-read it.
        """
        since = asyncio.get_running_loop().time() - age
        if batch.offset - len(batch.events) > self.end:
            for tail in self._open:
                tail.fall_behind(since)
        for part in parts(batch):
            self.end = part.offset
            for tail in self._open:
                tail.push(since, part)

    def behind(self) -> Offset | None:
        """The offset after which the tail that is furthest behind reads on from the store; None if
        none is behind."""
        return min((tail.position for tail in self._open if tail.is_behind), default=None)

    def remove(self, tail: "StoreTail") -> None:
        self._open.discard(tail)

    def close(self) -> None:
        """End each tail once its buffer is empty."""
        self.is_closed = True
        for tail in self._open:
            tail.wake()


class BufferedTail(ABC):
    """A buffer of batches that one reader iterates over. See ``eventlog.port.Tail``."""

    def __init__(self, start: Offset) -> None:
        self.start = start
        self._buffer: deque[tuple[float, Batch]] = deque()
        self._buffered_events = 0
        self._is_open = True
        self._more = asyncio.Event()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Batch:
        if self._buffer:
            await asyncio.sleep(0)  # a reader that never waits would starve other tasks
        while self._is_open:
            if self._buffer:
                return self._pop()
            if self._source_is_closed():
                break
            reread = await self._reread()
            if reread is None:
                self._more.clear()
                await self._more.wait()
            elif reread.events:
                return reread
        await self.aclose()
        raise StopAsyncIteration

    async def aclose(self) -> None:
        self._is_open = False
        self._buffer.clear()
        self._buffered_events = 0
        self._detach()
        self.wake()

    def wake(self) -> None:
        """Wake the reader: there is something to read, or the source is closed."""
        self._more.set()

    def _buffer_batch(self, since: float, batch: Batch) -> None:
        """``since`` is when the batch began to wait."""
        self._buffer.append((since, batch))
        self._buffered_events += len(batch.events)

    def _pop(self) -> Batch:
        _, batch = self._buffer.popleft()
        self._buffered_events -= len(batch.events)
        return batch

    async def _reread(self) -> Batch | None:
        """The next batch that did not fit into the buffer; None if there is none."""
        return None

    @abstractmethod
    def _source_is_closed(self) -> bool: ...

    @abstractmethod
    def _detach(self) -> None:
        """Leave the source: this tail gets no more batches."""


class StoreTail(BufferedTail):
    """A tail that re-reads from the store what did not fit into its buffer."""

    def __init__(self, tails: Tails) -> None:
        super().__init__(tails.end)
        self.reread = 0
        """Number of events re-read from the store because this tail had fallen behind."""
        self.position = tails.end
        """The offset after what its reader has taken."""
        self._tails = tails
        self._behind_since: float | None = None

    @property
    def is_behind(self) -> bool:
        return self._behind_since is not None

    def push(self, since: float, batch: Batch) -> None:
        """Buffer a batch. A tail that is behind buffers nothing until it has read the store to the
        log's end."""
        if self._buffer and self._buffered_events + len(batch.events) > MAX_BUFFERED_EVENTS:
            self.fall_behind(since)
        if self._behind_since is None:
            self._buffer_batch(since, batch)
        self.wake()

    def fall_behind(self, since: float) -> None:
        """Continue from the store once the buffer is empty. ``since`` is when the first batch that
        is not buffered was committed."""
        if self._behind_since is None:
            self._behind_since = since

    def delay(self) -> float:
        since = self._buffer[0][0] if self._buffer else self._behind_since
        waited = 0.0 if since is None else asyncio.get_running_loop().time() - since
        return max(waited, self._tails.silence())

    def _pop(self) -> Batch:
        batch = super()._pop()
        self.position = batch.offset
        return batch

    async def _reread(self) -> Batch | None:
        if self._behind_since is None:
            return None
        try:
            batch = await self._tails.read_after(self.position, self._tails.end)
        except StoreUnavailable:
            await asyncio.sleep(RETRY_S)
            return Batch(self.position, [])
        self.position = batch.offset
        self.reread += len(batch.events)
        if self.position >= self._tails.end:
            self._behind_since = None
        return batch

    def _source_is_closed(self) -> bool:
        return self._tails.is_closed

    def _detach(self) -> None:
        self._tails.remove(self)


def parts(batch: Batch) -> Iterator[Batch]:
    """``batch`` in batches of at most ``MAX_PART`` events."""
    events = batch.events
    if len(events) <= MAX_PART:
        yield batch
        return
    before = batch.offset - len(events)
    for start in range(0, len(events), MAX_PART):
        part = events[start : start + MAX_PART]
        yield Batch(before + start + len(part), part)
