"""Deadlines for waits that are frequent and nearly always short."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

SHARE = 50
"""A wait ends at most this part of the timeout too late."""


class _Wait:
    __slots__ = ("deadline", "is_over", "task")

    def __init__(self, task: asyncio.Task[object] | None, deadline: float) -> None:
        self.task = task
        self.deadline = deadline
        self.is_over = False


class Deadlines:
    """Like ``asyncio.timeout``, with one timer for all waits: one for each, which is nearly always
    set in vain, would cost as much as a tenth of a commit."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._waits: set[_Wait] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        """That of the timer, while there is one."""

    @contextmanager
    def until(self, deadline: float | None = None) -> Iterator[None]:
        """Raises TimeoutError in the block soon after ``deadline``, in the event loop's time;
        without one, ``timeout_s`` from now."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self.timeout_s if deadline is None else deadline
        wait = _Wait(asyncio.current_task(), end)
        self._waits.add(wait)
        if self._loop is not loop:
            self._arm(loop)
        try:
            yield
        except asyncio.CancelledError:
            if wait.is_over and wait.task is not None and not wait.task.uncancel():
                raise TimeoutError from None
            raise
        finally:
            self._waits.discard(wait)

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time()
        for wait in self._waits:
            if now >= wait.deadline and not wait.is_over and wait.task is not None:
                wait.is_over = True
                wait.task.cancel()
        self._loop = None
        if self._waits:
            self._arm(loop)

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        loop.call_later(self.timeout_s / SHARE, self._check, loop)
