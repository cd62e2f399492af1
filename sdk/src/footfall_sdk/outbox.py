"""Events that wait for their delivery, and what became of the others. No input or output."""

import threading
from collections import Counter, deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

MAX_BATCH = 1_000
MAX_BATCH_BYTES = 1 << 20


@dataclass(slots=True)
class Counters:
    """What became of each event since the start. All but ``delivered`` are lost."""

    delivered: int = 0
    overflowed: int = 0
    """There was no room: the server was away for too long, or is too slow."""
    invalid: int = 0
    """Not sent: the event made no sense. The log says why."""
    refused: int = 0
    """Sent, but the server called it invalid. The log says why."""
    abandoned: int = 0
    """Still waiting when the application ended."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Those of ``delivered`` that the server left out on purpose, by reason, such as ``bot``."""


class Outbox:
    """A queue with an end, in events and in bytes: full, it takes nothing more, and counts what it
    did not take. A batch that is on its way still takes its room."""

    def __init__(self, capacity: int, capacity_bytes: int) -> None:
        self.counters = Counters()
        self._capacity = capacity
        self._capacity_bytes = capacity_bytes
        self._events: deque[bytes] = deque()
        self._bytes = 0
        self._under_way = 0
        self._lock = threading.Condition()

    def __len__(self) -> int:
        """Events that are not delivered yet."""
        return len(self._events) + self._under_way

    def put(self, event: bytes) -> bool:
        """Whether there was room."""
        with self._lock:
            size = self._bytes + len(event)
            if len(self) >= self._capacity or size > self._capacity_bytes:
                self.counters.overflowed += 1
                return False
            self._events.append(event)
            self._bytes = size
        return True

    def has_batch(self) -> bool:
        """Whether as much waits as is sent at once."""
        return len(self._events) >= MAX_BATCH

    def take(self, most: int = MAX_BATCH) -> list[bytes]:
        """The oldest events, as many as are sent at once. They are to be ``delivered``, ``refused``
        or given back."""
        batch: list[bytes] = []
        size = 0
        with self._lock:
            while self._events and len(batch) < most and size < MAX_BATCH_BYTES:
                batch.append(self._events.popleft())
                size += len(batch[-1])
            self._under_way += len(batch)
        return batch

    def delivered(self, batch: Collection[bytes], dropped: dict[str, int]) -> None:
        with self._lock:
            self._let_go(batch)
            self.counters.delivered += len(batch)
            self.counters.dropped.update(dropped)

    def refused(self, batch: Collection[bytes]) -> None:
        with self._lock:
            self._let_go(batch)
            self.counters.refused += len(batch)

    def give_back(self, batch: Iterable[bytes]) -> None:
        """They wait again, as the oldest."""
        with self._lock:
            back = list(batch)
            self._events.extendleft(reversed(back))
            self._under_way -= len(back)

    def wait_until_empty(self, seconds: float) -> bool:
        with self._lock:
            return self._lock.wait_for(lambda: not len(self), seconds)

    def invalid(self) -> None:
        with self._lock:
            self.counters.invalid += 1

    def abandon(self) -> int:
        """Nothing is sent any more. Gives the number of events that were not delivered."""
        with self._lock:
            left = len(self)
            self.counters.abandoned += left
            self._events.clear()
            self._under_way = self._bytes = 0
        return left

    def _let_go(self, batch: Collection[bytes]) -> None:
        self._under_way -= len(batch)
        self._bytes -= sum(map(len, batch))
        self._lock.notify_all()
