"""Group commit: requests add events, and one append stores all that wait."""

import asyncio
from collections import deque
from collections.abc import Sequence

import structlog

from footfall.deadlines import Deadlines
from footfall.errors import Overloaded, StoreUnavailable
from footfall.eventlog.health import CommitHealth
from footfall.eventlog.port import Done, EventLog
from footfall.model import Event

logger = structlog.get_logger()

USUAL_TIMEOUT_S = 10.0

MAX_BATCH = 5_000
"""A batch of this size takes no more events, so the largest is this plus one request."""

GAVE_UP = "their senders got 503; some of them may have been stored"
SHUTTING_DOWN = "the server is shutting down: send the events again later"


TOO_SLOW = (
    "the store did not take the events within {seconds:g} s: send them again later; its disk is "
    "too slow, or another program has locked it"
)


class BatchFuture(asyncio.Future[None]):
    """Shared by all requests of a batch, so none of them may cancel it.

    A task that is cancelled while it waits gets its CancelledError when the batch is done.
    """

    def cancel(self, msg: object = None) -> bool:  # noqa: ARG002
        return False


class _WaitingBatch:
    __slots__ = ("callers", "deadline", "events", "future")

    def __init__(self, deadline: float) -> None:
        """``deadline`` is in the event loop's time."""
        self.events: list[Event] = []
        self.future = BatchFuture()
        self.callers: list[Done] = []
        self.deadline = deadline

    def tell(self, error: BaseException | None) -> None:
        """Call back all that gave a function, in one pass."""
        for done in self.callers:
            try:
                done(error)
            except Exception:
                logger.exception("a sender could not be told what became of its events")


class BatchingWriter:
    """Appends what requests add, in batches. The next batch starts when one has returned.

    There is no timer: an idle log gets a batch at once, a busy one gets larger batches. A failed
    batch fails only its own requests. Nobody waits longer than ``timeout_s``: what the store does
    after that is stored all the same, and sending it again does no harm.
    """

    def __init__(
        self,
        log: EventLog,
        capacity: int,
        appends_at_once: int = 1,
        timeout_s: float = USUAL_TIMEOUT_S,
    ) -> None:
        """``capacity`` is how many events may wait, including those being written."""
        self.health = CommitHealth(log)
        self.queued = 0
        self.batches = 0
        self.events = 0
        self.failures = 0
        self._log = log
        self._capacity = capacity
        self._appends_at_once = appends_at_once
        self._deadlines = Deadlines(timeout_s)
        self._waiting: deque[_WaitingBatch] = deque()
        self._writing: set[asyncio.Task[None]] = set()
        self._closed = False

    def add(self, events: Sequence[Event]) -> asyncio.Future[None]:
        """Queue ``events``. The future is done when they are durable, or raises StoreUnavailable.

        All events of one call are in one batch. Raises Overloaded when the writer is full.
        """
        return self._join(events).future

    def submit(self, events: Sequence[Event], done: Done) -> None:
        """Like ``add``, but calls ``done``, which costs less than a future and a task for each."""
        self._join(events).callers.append(done)

    def _join(self, events: Sequence[Event]) -> _WaitingBatch:
        if self.queued >= self._capacity or self._closed:
            raise self._refusal()
        waiting = self._waiting
        if not waiting or len(waiting[-1].events) >= MAX_BATCH:
            deadline = asyncio.get_running_loop().time() + self._deadlines.timeout_s
            waiting.append(_WaitingBatch(deadline))
            if len(self._writing) < self._appends_at_once:
                task = asyncio.create_task(self._write())
                self._writing.add(task)
                task.add_done_callback(self._written)
        batch = waiting[-1]
        batch.events += events
        self.queued += len(events)
        return batch

    async def close(self) -> None:
        """Accept no more events; returns when all accepted ones are written or have failed."""
        self._closed = True
        while self._writing:
            await asyncio.wait(self._writing)

    def give_up(self) -> None:
        """Like ``close``, but let nobody wait any longer: a slow disk must not hold up the end."""
        self._closed = True
        if self.queued:
            logger.warning("writer.gave_up", events=self.queued, help=GAVE_UP)
        for task in self._writing:
            task.cancel()

    async def _write(self) -> None:
        try:
            while self._waiting:
                await self._append(self._waiting.popleft())
        finally:
            self._writing.discard(asyncio.current_task())

    async def _append(self, batch: _WaitingBatch) -> None:
        try:
            with self._deadlines.until(batch.deadline):
                await self._log.append(batch.events)
        except TimeoutError:
            text = TOO_SLOW.format(seconds=self._deadlines.timeout_s)
            self._refused(batch, StoreUnavailable(text))
        except Exception as error:  # the waiting requests must get any error
            self._refused(batch, error)
        except asyncio.CancelledError:
            self._fail(batch, StoreUnavailable(SHUTTING_DOWN))
            raise
        else:
            self.health.succeeded()
            self.batches += 1
            self.events += len(batch.events)
            self.queued -= len(batch.events)
            batch.future.set_result(None)
            batch.tell(None)

    def _written(self, task: asyncio.Task[None]) -> None:
        """Batches are left only if the task was cancelled, since the event loop is ending."""
        self._writing.discard(task)
        if task.cancelled():
            while self._waiting:
                self._fail(self._waiting.popleft(), StoreUnavailable(SHUTTING_DOWN))

    def _refused(self, batch: _WaitingBatch, error: Exception) -> None:
        self.health.failed(error)
        self._fail(batch, error)

    def _fail(self, batch: _WaitingBatch, error: Exception) -> None:
        self.failures += 1
        self.queued -= len(batch.events)
        batch.future.set_exception(error)
        batch.future.exception()  # marks it as retrieved, even if nobody waits any more
        batch.tell(error)

    def _refusal(self) -> Overloaded | StoreUnavailable:
        if self._closed:
            return StoreUnavailable(SHUTTING_DOWN)
        return Overloaded(
            f"{self.queued} events are waiting to be stored, the most this server allows: send "
            "these again later; if this persists, the store is too slow or "
            "FOOTFALL_WRITER_QUEUE_EVENTS too low"
        )
