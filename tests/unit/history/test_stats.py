"""What the server does for a report: nothing that grows with the period, and nothing for a stranger
who has no place."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from footfall.address_queue import MAX_PER_ADDRESS
from footfall.errors import InvalidInput, RateLimited
from footfall.history.answers import Answers, EncodedAnswer
from footfall.history.reports import spans
from footfall.history.reports.asked import TableShape, Wanted
from footfall.history.stats import Stats, StatsQuery
from footfall.model import MinuteCounts, Site
from footfall.principal import HOLDER, Principal
from tests.callers import stranger
from tests.serving import START, Clock

SITE = Site(id="a", name="A")
CENTURY = StatsQuery(period="custom", begin="1999-06-01", end="2000-06-01", interval="hour")


class Past:
    """Counts who looks, and answers when the test says so."""

    def __init__(self) -> None:
        self.looked = 0
        self.asked: list[Wanted] = []
        self.may_answer = asyncio.Event()

    def first(self, _site: str) -> int | None:
        self.looked += 1
        return None

    async def ends(self, _site: str) -> tuple[int, int] | None:
        self.looked += 1
        return None

    async def peak(self, _site: str, _since: int, _until: int) -> MinuteCounts | None:
        self.looked += 1
        return None

    async def read(self, _site: str, _since: int, _until: int) -> Sequence[MinuteCounts]:
        raise AssertionError

    async def put(self, _minutes: object) -> None:
        raise AssertionError

    async def ask(self, wanted: Wanted, _caller: Principal) -> EncodedAnswer:
        self.asked.append(wanted)
        await self.may_answer.wait()
        return EncodedAnswer(b"{}", START)


@pytest.fixture
def past() -> Past:
    return Past()


@pytest.fixture
def stats(past: Past) -> Stats:
    return Stats(Answers(Clock()), past.ask, past.ask, past.first, past)  # type: ignore[arg-type]


@pytest.fixture
def no_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a process of reports may make them."""

    def refuse(*_args: object) -> None:
        raise AssertionError("buckets are made on the event loop")

    monkeypatch.setattr(spans, "_starts", refuse)


@pytest.mark.usefixtures("no_buckets")
async def test_a_question_is_small_however_many_rows_it_asks_for(stats: Stats, past: Past) -> None:
    past.may_answer.set()
    await stats.document(SITE, CENTURY, START, HOLDER)
    shape = TableShape(metrics=("visits",), shown=("visits",))
    await stats.table(SITE, CENTURY, shape, START, HOLDER)
    assert [len(msgspec.msgpack.encode(each)) < 500 for each in past.asked] == [True, True]


@pytest.mark.usefixtures("no_buckets")
@pytest.mark.parametrize("compare", [None, "previous", "year"])
async def test_too_many_rows_are_refused_before_they_are_made(
    stats: Stats, past: Past, compare: str | None
) -> None:
    query = msgspec.structs.replace(CENTURY, end="2001-06-01", compare=compare)
    with pytest.raises(InvalidInput, match="10,000"):
        await stats.document(SITE, query, START, HOLDER)
    assert not past.asked


@pytest.mark.usefixtures("no_buckets")
async def test_nothing_is_looked_up_for_a_stranger_without_a_place(
    stats: Stats, past: Past
) -> None:
    anna = stranger("203.0.113.1")
    running = asyncio.create_task(stats.document(SITE, CENTURY, START, anna))
    while not past.asked:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    looked = past.looked
    waiting = [
        asyncio.create_task(stats.document(SITE, StatsQuery(period="all", limit=n), START, anna))
        for n in range(1, MAX_PER_ADDRESS)
    ]
    await asyncio.sleep(0)
    for _ in range(3):
        with pytest.raises(RateLimited):
            await stats.document(SITE, StatsQuery(period="all"), START, anna)
    assert past.looked == looked
    past.may_answer.set()
    await asyncio.gather(running, *waiting)


async def test_who_hangs_up_cancels_the_question(stats: Stats, past: Past) -> None:
    asked = asyncio.create_task(stats.document(SITE, CENTURY, START, stranger("203.0.113.1")))
    while not past.asked:  # noqa: ASYNC110 - nothing announces it
        await asyncio.sleep(0)
    asked.cancel()
    await asyncio.gather(asked, return_exceptions=True)
    past.may_answer.set()
    await stats.document(SITE, CENTURY, START, stranger("203.0.113.1"))
    assert len(past.asked) == 2
