"""A task that runs in the background, from ``start`` to ``stop``."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class BackgroundTask:
    """At most one task at a time, in the event loop that starts it."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.get_running_loop().create_task(work)

    async def stop(self) -> None:
        """Cancel the task and wait for its end. Does nothing if there is none."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
