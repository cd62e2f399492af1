"""Background tasks: a failure is counted, shown and mended."""

import asyncio

import pytest

from footfall import background
from footfall.background import BackgroundTask
from tests.serving import PATIENCE


async def test_work_that_fails_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "FIRST_PAUSE_S", 0.0)
    runs, done = 0, asyncio.Event()

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs < 3:
            raise ZeroDivisionError
        done.set()
        await asyncio.Event().wait()

    task = BackgroundTask("work")
    task.start(work)
    async with asyncio.timeout(10):
        await done.wait()
    assert (task.failures, task.is_down, task.is_running) == (2, False, True)
    await task.stop()
    assert not task.is_running


async def test_while_it_waits_to_start_again_it_is_down() -> None:
    failed = asyncio.Event()

    async def work() -> None:
        failed.set()
        raise ZeroDivisionError

    task = BackgroundTask("work")
    task.start(work)
    async with asyncio.timeout(10):
        await failed.wait()
        while not task.is_down:  # noqa: ASYNC110 - turns, not waiting
            await asyncio.sleep(0)
    assert task.is_running
    await task.stop()


async def test_work_that_can_not_start_again_tells_its_owner() -> None:
    told = asyncio.Event()

    async def work() -> None:
        raise ZeroDivisionError

    task = BackgroundTask("work", told.set)
    task.start(work)
    async with asyncio.timeout(10):
        await told.wait()
    assert task.is_down


async def test_stopping_is_no_failure() -> None:
    task = BackgroundTask("work")
    await task.stop()
    task.start(asyncio.Event().wait)  # type: ignore[arg-type]
    await asyncio.sleep(0)
    await task.stop()
    assert (task.failures, task.is_down) == (0, False)


async def test_work_that_fails_when_it_is_cancelled_is_not_started_again() -> None:
    starts = 0

    async def work() -> None:
        nonlocal starts
        starts += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise OSError("the connection is gone") from None

    task = BackgroundTask("failing")
    task.start(work)
    await asyncio.sleep(0)
    async with asyncio.timeout(PATIENCE):
        await task.stop()
    assert starts == 1
    assert not task.is_running
