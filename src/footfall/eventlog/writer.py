"""Group commit: requests add events, one append at a time takes all that wait."""

import asyncio
from collections import deque
from collections.abc import Sequence

from footfall.errors import Overloaded, StoreUnavailable
from footfall.eventlog.port import EventLog
from footfall.model import Event

MAX_BATCH = 5_000
"""A batch that has reached it takes no more events; so one is at most that plus one request."""

SHUTTING_DOWN = "the server is shutting down: send the events again later"


class BatchFuture(asyncio.Future[None]):
    """Shared by all requests of a batch, so none of them may cancel it.

    A task that is cancelled while it waits gets its CancelledError when the batch is done.
    """

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002
        return False


class _Waiting:
    __slots__ = ("events", "future", "is_taken")

    def __init__(self) -> None:
        self.is_taken = False
        self.events: list[Event] = []
        self.future = BatchFuture()


class BatchingWriter:
    """Appends what requests add, in batches: the next one is taken when the last has returned.

    No timer: an idle log is asked at once, a busy one gets larger batches. A batch that fails
    fails its own requests only; the next is tried anew.
    """

    def __init__(self, log: EventLog, capacity: int) -> None:
        """``capacity`` is the number of events that may wait, those being written included."""
        self.queued = 0
        self.batches = 0
        self.events = 0
        self.failures = 0
        self._log = log
        self._capacity = capacity
        self._waiting: deque[_Waiting] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._closed = False

    def add(self, events: Sequence[Event]) -> asyncio.Future[None]:
        """The future is done when ``events`` are durable; it raises StoreUnavailable if not.

        All events of one call are in one batch. Raises Overloaded when the writer is full.
        """
        if self.queued >= self._capacity or self._closed:
            raise self._refusal()
        waiting = self._waiting
        if not waiting or waiting[-1].is_taken or len(waiting[-1].events) >= MAX_BATCH:
            waiting.append(_Waiting())
            if self._writing is None:
                self._writing = asyncio.create_task(self._write())
        batch = waiting[-1]
        batch.events += events
        self.queued += len(events)
        return batch.future

    async def close(self) -> None:
        """Take no more, and return when all that was taken is written or has failed."""
        self._closed = True
        while self._writing is not None:
            await asyncio.shield(self._writing)

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._append(self._waiting[0])
                self._waiting.popleft()
        finally:
            self._writing = None
            self._abandon()

    async def _append(self, batch: _Waiting) -> None:
        batch.is_taken = True
        try:
            await self._log.append(batch.events)
        except Exception as error:  # whatever it is, those who wait must hear it
            self._fail(batch, error)
        else:
            self.batches += 1
            self.events += len(batch.events)
            self.queued -= len(batch.events)
            batch.future.set_result(None)

    def _fail(self, batch: _Waiting, error: Exception) -> None:
        self.failures += 1
        self.queued -= len(batch.events)
        batch.future.set_exception(error)
        batch.future.exception()  # heard, even if nobody waits any more

    def _abandon(self) -> None:
        """Only when the task was cancelled is anything left: the event loop is ending."""
        while self._waiting:
            self._fail(self._waiting.popleft(), StoreUnavailable(SHUTTING_DOWN))

    def _refusal(self) -> Overloaded | StoreUnavailable:
        if self._closed:
            return StoreUnavailable(SHUTTING_DOWN)
        return Overloaded(
            f"{self.queued} events wait to be stored, as many as may: send these again later; "
            "if it stays so, the disk is too slow or FOOTFALL_WRITER_QUEUE_EVENTS too low"
        )
