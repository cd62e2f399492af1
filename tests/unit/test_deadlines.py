"""Waits end soon after their deadline, and only then."""

import asyncio

import pytest

from footfall.deadlines import Deadlines


async def wait_for_ever(deadlines: Deadlines) -> str:
    try:
        with deadlines.until():
            await asyncio.Event().wait()
    except TimeoutError:
        return "too late"
    return "done"


async def test_a_wait_ends_after_its_timeout() -> None:
    deadlines = Deadlines(0.05)
    async with asyncio.timeout(10):
        assert (
            await asyncio.gather(*(wait_for_ever(deadlines) for _ in range(5))) == ["too late"] * 5
        )


async def test_a_deadline_that_is_over_ends_the_wait() -> None:
    deadlines, loop = Deadlines(0.05), asyncio.get_running_loop()
    with pytest.raises(TimeoutError), deadlines.until(loop.time() - 1):
        await asyncio.Event().wait()


async def test_what_ends_in_time_is_left_alone() -> None:
    deadlines = Deadlines(0.05)
    with deadlines.until():
        await asyncio.sleep(0)
    late = asyncio.create_task(wait_for_ever(deadlines))
    for _ in range(20):
        with deadlines.until():
            await asyncio.sleep(0.001)
    async with asyncio.timeout(10):
        assert await late == "too late"


async def test_a_cancelled_wait_is_cancelled_and_not_late() -> None:
    deadlines = Deadlines(0.05)
    waiting = asyncio.create_task(wait_for_ever(deadlines))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_another_event_loop_gets_a_timer_of_its_own() -> None:
    deadlines = Deadlines(0.05)

    async def once() -> str:
        return await wait_for_ever(deadlines)

    assert await asyncio.to_thread(asyncio.run, once()) == "too late"
    assert await once() == "too late"
