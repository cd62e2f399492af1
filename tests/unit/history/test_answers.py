"""Answers that are kept and shared, and what strangers may ask for at once."""

import asyncio

import pytest

from footfall.errors import RateLimited, StoreUnavailable
from footfall.history.answers import FRESH_MS, MAX_KEPT, MAX_OF_STRANGERS, Answers, Countable, Timed
from footfall.history.reports.question import Buckets, MetricTable, Question
from footfall.principal import HOLDER
from tests.callers import stranger
from tests.serving import START, Clock


class Archive:
    """Answers when the test says so."""

    def __init__(self, clock: Clock) -> None:
        self.asked = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        self.is_down = False
        self._clock = clock

    async def ask(self, _question: Countable) -> Timed:
        self.asked += 1
        await self.may_answer.wait()
        if self.is_down:
            raise StoreUnavailable("it has ended")
        return MetricTable(rows=[], total=self.asked), self._clock()


@pytest.fixture
def clock() -> Clock:
    return Clock(START)


@pytest.fixture
def archive(clock: Clock) -> Archive:
    return Archive(clock)


@pytest.fixture
def answers(archive: Archive, clock: Clock) -> Answers:
    return Answers(archive.ask, clock)


def question(limit: int = 1) -> Question:
    return Question(site="a", buckets=Buckets((0, 1)), limit=limit)


async def test_equal_questions_share_one_run(answers: Answers, archive: Archive) -> None:
    archive.may_answer.clear()
    asking = [asyncio.create_task(answers.answer(question(), HOLDER)) for _ in range(5)]
    other = asyncio.create_task(answers.answer(question(2), HOLDER))
    await asyncio.sleep(0)
    archive.may_answer.set()
    assert len({id(answer) for answer, _ in await asyncio.gather(*asking)}) == 1
    await other
    assert archive.asked == 2


async def test_an_answer_is_kept_until_it_is_old(
    answers: Answers, archive: Archive, clock: Clock
) -> None:
    first = await answers.answer(question(), HOLDER)
    clock.now = START + FRESH_MS - 1
    assert await answers.answer(question(), HOLDER) is first
    clock.now = START + FRESH_MS
    assert await answers.answer(question(), HOLDER) is not first
    assert archive.asked == 2


async def test_a_failure_is_not_kept(answers: Answers, archive: Archive) -> None:
    archive.is_down = True
    with pytest.raises(StoreUnavailable):
        await answers.answer(question(), HOLDER)
    archive.is_down = False
    await answers.answer(question(), HOLDER)


async def test_few_are_kept(answers: Answers, archive: Archive) -> None:
    for limit in range(MAX_KEPT + 1):
        await answers.answer(question(limit), HOLDER)
    await answers.answer(question(1), HOLDER)
    assert archive.asked == MAX_KEPT + 1
    await answers.answer(question(0), HOLDER)
    assert archive.asked == MAX_KEPT + 2


async def test_strangers_wait_for_each_other_and_for_nobody_else(
    answers: Answers, archive: Archive
) -> None:
    archive.may_answer.clear()
    strangers = [stranger(f"203.0.113.{number}") for number in range(MAX_OF_STRANGERS)]
    asking = [
        asyncio.create_task(answers.answer(question(number), each))
        for number, each in enumerate(strangers)
    ]
    await asyncio.sleep(0)
    for each in (strangers[0], stranger("198.51.100.7")):
        with pytest.raises(RateLimited):
            await answers.answer(question(100), each)
    shared = asyncio.create_task(answers.answer(question(0), stranger("198.51.100.7")))
    reader = asyncio.create_task(answers.answer(question(200), HOLDER))
    await asyncio.sleep(0)
    archive.may_answer.set()
    await asyncio.gather(*asking, shared, reader)
    assert answers.refused == 2
    await answers.answer(question(100), strangers[0])


async def test_who_hangs_up_keeps_the_place_until_the_run_ends(
    answers: Answers, archive: Archive
) -> None:
    archive.may_answer.clear()
    asking = asyncio.create_task(answers.answer(question(), stranger("203.0.113.1")))
    await asyncio.sleep(0)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    with pytest.raises(RateLimited):
        await answers.answer(question(2), stranger("203.0.113.1"))
    archive.may_answer.set()
    await answers.answer(question(), HOLDER)
    await answers.answer(question(2), stranger("203.0.113.1"))
    assert archive.asked == 2
