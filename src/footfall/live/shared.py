"""Callers who want the same thing at the same time share the work for it."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class _Running(Generic[T]):
    __slots__ = ("callers", "task")

    def __init__(self, task: asyncio.Task[T]) -> None:
        self.task = task
        self.callers = 0


class SharedWork(Generic[K, T]):
    """Work that nobody waits for any more is cancelled."""

    def __init__(self) -> None:
        self._running: dict[K, _Running[T]] = {}

    async def result(self, key: K, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The result of ``work``, which is called unless the same is being done already. Raises
        what it raises."""
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = _Running(asyncio.create_task(work()))
        running.callers += 1
        try:
            return await asyncio.shield(running.task)
        finally:
            running.callers -= 1
            if not running.callers:
                running.task.cancel()
            if (not running.callers or running.task.done()) and self._running.get(key) is running:
                del self._running[key]
