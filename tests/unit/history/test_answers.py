"""Answers that are kept and shared, and what strangers may ask for at once."""

import asyncio
from collections.abc import MutableMapping
from functools import partial
from typing import Any

import pytest

from footfall.address_queue import MAX_ADDRESSES, MAX_PER_ADDRESS
from footfall.errors import RateLimited, StoreUnavailable
from footfall.history.answers import (
    FRESH_MS,
    MAX_KEPT,
    MAX_KEPT_BYTES,
    MAX_KEPT_BYTES_OF_ANSWER,
    MAX_KEPT_BYTES_OF_SITE,
    MAX_SENDING_BYTES,
    Answers,
    EncodedAnswer,
    answer_key,
)
from footfall.http.serving.paced_reply import PacedReply
from footfall.model import Site
from footfall.principal import HOLDER, Principal
from tests.callers import stranger
from tests.serving import START, Clock


class Archive:
    """Answers when the test says so."""

    def __init__(self, clock: Clock) -> None:
        self.asked = 0
        self.cancelled = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_down = False
        self.ends_later = False
        """After it was cancelled: when it may answer."""
        self.answers = Answers(clock)
        self._clock = clock

    async def ask(
        self, number: int = 1, caller: Principal = HOLDER, site: str = "a", size: int = 10
    ) -> bytes:
        return await self.answers.answer(
            answer_key("report", Site(id=site, name=""), number), caller, partial(self._run, size)
        )

    async def _run(self, size: int) -> EncodedAnswer:
        self.asked += 1
        number = self.asked
        try:
            await self.may_answer.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            if self.ends_later:
                await self.may_answer.wait()
            raise
        if self.is_down:
            raise StoreUnavailable("it has ended")
        return EncodedAnswer((b"%d" % number).ljust(size), self._clock())


async def turns() -> None:
    """All that can run has run."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def archive(clock: Clock) -> Archive:
    return Archive(clock)


async def test_equal_questions_share_one_run(archive: Archive) -> None:
    archive.may_answer.clear()
    asking = [asyncio.create_task(archive.ask()) for _ in range(5)]
    other = asyncio.create_task(archive.ask(2))
    await turns()
    archive.may_answer.set()
    assert len({id(answer) for answer in await asyncio.gather(*asking)}) == 1
    await other
    assert archive.asked == 2


async def test_an_answer_is_kept_until_it_is_old(archive: Archive, clock: Clock) -> None:
    first = await archive.ask()
    clock.now = START + FRESH_MS - 1
    assert await archive.ask() is first
    clock.now = START + FRESH_MS
    assert await archive.ask() is not first
    assert archive.asked == 2


async def test_a_failure_is_not_kept(archive: Archive) -> None:
    archive.is_down = True
    with pytest.raises(StoreUnavailable):
        await archive.ask()
    archive.is_down = False
    await archive.ask()


async def test_few_are_kept(archive: Archive) -> None:
    for number in range(MAX_KEPT + 1):
        await archive.ask(number)
    await archive.ask(1)
    assert archive.asked == MAX_KEPT + 1
    await archive.ask(0)
    assert archive.asked == MAX_KEPT + 2


async def test_the_answers_of_a_site_have_so_many_bytes(archive: Archive) -> None:
    size = MAX_KEPT_BYTES_OF_ANSWER // 4
    fit = MAX_KEPT_BYTES_OF_SITE // size
    await archive.ask(site="b")
    for number in range(fit + 1):
        await archive.ask(number, size=size)
    assert archive.answers.kept_bytes <= MAX_KEPT_BYTES_OF_SITE + 10
    assert archive.answers.evicted == 1
    await archive.ask(site="b")
    await archive.ask(1)
    assert archive.asked == fit + 2
    await archive.ask(0, size=size)
    assert archive.asked == fit + 3


async def test_all_kept_answers_have_so_many_bytes(archive: Archive) -> None:
    for number in range(2 * MAX_KEPT_BYTES // MAX_KEPT_BYTES_OF_ANSWER):
        await archive.ask(site=f"site-{number}", size=MAX_KEPT_BYTES_OF_ANSWER)
        assert archive.answers.kept_bytes <= MAX_KEPT_BYTES
    assert archive.answers.evicted == MAX_KEPT_BYTES // MAX_KEPT_BYTES_OF_ANSWER


async def test_a_very_large_answer_is_not_kept(archive: Archive) -> None:
    await archive.ask(size=MAX_KEPT_BYTES_OF_ANSWER + 1)
    assert archive.answers.kept_bytes == 0
    assert archive.answers.evicted == 1


async def test_an_address_asks_one_question_after_the_other(archive: Archive) -> None:
    """As a page with filters does. Others don't wait for it, and equal questions are one."""
    archive.may_answer.clear()
    anna, ben = stranger("203.0.113.1"), stranger("203.0.113.2")
    page = [asyncio.create_task(archive.ask(number, anna)) for number in range(MAX_PER_ADDRESS)]
    await turns()
    assert archive.asked == 1
    with pytest.raises(RateLimited):
        await archive.ask(100, anna)
    shared = asyncio.create_task(archive.ask(0, ben))
    others = [asyncio.create_task(archive.ask(200, ben)), asyncio.create_task(archive.ask(201))]
    await turns()
    assert archive.asked == 3
    archive.may_answer.set()
    await asyncio.gather(*page, shared, *others)
    assert archive.asked == MAX_PER_ADDRESS + 2
    assert archive.answers.refused == 1
    await archive.ask(100, anna)


async def test_so_many_addresses_ask_at_once(archive: Archive) -> None:
    archive.may_answer.clear()
    asking = [
        asyncio.create_task(archive.ask(number, stranger(f"203.0.113.{number}")))
        for number in range(MAX_ADDRESSES)
    ]
    await turns()
    with pytest.raises(RateLimited):
        await archive.ask(100, stranger("198.51.100.7"))
    archive.may_answer.set()
    await asyncio.gather(*asking, archive.ask(200))
    await archive.ask(100, stranger("198.51.100.7"))


async def test_a_page_may_ask_for_a_report_and_for_its_minutes(archive: Archive) -> None:
    archive.may_answer.clear()
    anna = stranger("203.0.113.1")
    report = asyncio.create_task(archive.ask(1, anna))
    minutes = asyncio.create_task(
        archive.answers.answer(
            answer_key("concurrency", Site(id="a", name=""), 1), anna, partial(archive._run, 10)
        )
    )
    await turns()
    archive.may_answer.set()
    await asyncio.gather(report, minutes)


async def test_holders_of_a_token_do_not_wait_with_strangers(archive: Archive) -> None:
    """The same question runs again, where no stranger's question is before it."""
    archive.may_answer.clear()
    of_stranger = asyncio.create_task(archive.ask(1, stranger("203.0.113.1")))
    await turns()
    holder = asyncio.create_task(archive.ask(1))
    await turns()
    assert archive.asked == 2
    archive.may_answer.set()
    await asyncio.gather(of_stranger, holder)


async def test_a_question_is_cancelled_when_the_last_has_hung_up(archive: Archive) -> None:
    archive.may_answer.clear()
    asking = [asyncio.create_task(archive.ask()) for _ in range(2)]
    await turns()
    asking[0].cancel()
    await asyncio.gather(asking[0], return_exceptions=True)
    await turns()
    assert archive.cancelled == 0
    asking[1].cancel()
    await asyncio.gather(asking[1], return_exceptions=True)
    await turns()
    assert archive.cancelled == 1


async def test_who_hangs_up_keeps_the_place_until_the_work_has_ended(archive: Archive) -> None:
    archive.may_answer.clear()
    anna = stranger("203.0.113.1")
    archive.ends_later = True
    asking = asyncio.create_task(archive.ask(1, anna))
    await turns()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    next_one = asyncio.create_task(archive.ask(2, anna))
    await turns()
    assert archive.asked == 1
    archive.may_answer.set()
    await next_one
    assert archive.asked == 2


async def test_who_has_not_read_its_answers_gets_no_more(archive: Archive) -> None:
    """They stay in memory until then. Others, and who has a token, are not concerned."""
    anna, may_go_on = stranger("203.0.113.1"), asyncio.Event()

    async def slowly(message: MutableMapping[str, Any]) -> None:
        if message.get("body"):
            await may_go_on.wait()

    async def read(size: int) -> None:
        body = await archive.ask(size, anna, size=size)
        await PacedReply(body, archive.answers, anna)({}, receive, slowly)

    reading = [asyncio.create_task(read(MAX_SENDING_BYTES // 2 + each)) for each in (1, 2)]
    await turns()
    reading += [asyncio.create_task(read(MAX_SENDING_BYTES // 2))]
    await turns()
    with pytest.raises(RateLimited, match="read them first"):
        await archive.ask(4, anna)
    await archive.ask(4, stranger("203.0.113.2"))
    await archive.ask(5)
    may_go_on.set()
    await asyncio.gather(*reading, return_exceptions=True)
    await archive.ask(4, anna)


async def receive() -> MutableMapping[str, Any]:
    raise AssertionError
