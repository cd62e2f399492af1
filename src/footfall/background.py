"""Tasks that run beside everything else. One that fails is logged, counted and started again."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeAlias

import structlog

logger = structlog.get_logger()

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0
CALM_S = 300.0
"""A task that ran this long before it failed starts again after the first pause."""

Work: TypeAlias = Callable[[], Coroutine[Any, Any, None]]


class BackgroundTask:
    """Runs one piece of work from ``start`` to ``stop``, in the event loop that starts it.

    After a failure it starts the work again, with growing pauses. Work that can't be started again
    has ``on_failure``, which is called instead.
    """

    def __init__(self, name: str, on_failure: Callable[[], None] | None = None) -> None:
        """``name`` is for the log, ``/metrics`` and ``/readyz``."""
        self.name = name
        self.failures = 0
        self.is_down = False
        """It has failed and is not running again yet."""
        self._on_failure = on_failure
        self._task: asyncio.Task[None] | None = None
        self._is_stopping = False

    @property
    def is_running(self) -> bool:
        return self._task is not None and not self._task.done()

    def start(self, work: Work) -> None:
        self._is_stopping = False
        self._task = asyncio.get_running_loop().create_task(self._run(work), name=self.name)

    async def stop(self) -> None:
        """Cancel the work and wait for its end. Does nothing when there is none."""
        self._is_stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def _run(self, work: Work) -> None:
        loop, pause = asyncio.get_running_loop(), FIRST_PAUSE_S
        while True:
            began, self.is_down = loop.time(), False
            try:
                await work()
                return
            except Exception:
                self.failures += 1
                self.is_down = True
                logger.exception("task.failed", task=self.name)
            if self._is_stopping:  # it failed at the moment it was cancelled
                return
            if self._on_failure is not None:
                self._on_failure()
                return
            if loop.time() - began >= CALM_S:
                pause = FIRST_PAUSE_S
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
