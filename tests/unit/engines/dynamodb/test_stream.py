"""Reading the shards of a fake stream as they split and end."""

import pytest

from footfall.engines.dynamodb.stream import StreamShards, sequence_of
from footfall.eventlog.port import TailLost
from tests.unit.engines.dynamodb.fakes import FakeStream


class Stream(FakeStream):
    """What ``StreamShards`` reads of it, as numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.shards = StreamShards(self.connection)

    async def read(self) -> list[int]:
        numbers = []
        for read in await self.shards.read():
            numbers += [int(sequence_of(record)) for record in read.records]
            self.shards.advance(read)
        return numbers


@pytest.fixture
def stream() -> Stream:
    made = Stream()
    made.add("old", 1, 2)
    made.ended.add("old")
    made.add("a", 3)
    made.add("b")
    return made


async def test_it_begins_at_the_end_of_the_open_shards(stream: Stream) -> None:
    await stream.shards.begin()
    assert await stream.read() == []
    stream.add("a", 5)
    stream.add("b", 6)
    assert await stream.read() == [5, 6]
    assert set(stream.shards.followed) == {"a", "b"}


async def test_a_shard_that_splits_is_read_to_its_end_before_its_children(
    stream: Stream,
) -> None:
    await stream.shards.begin()
    stream.add("a", 5)
    stream.add("a1", 7, parent="a")
    stream.add("a2", 8, parent="a")
    stream.ended.add("a")
    assert await stream.read() == [5]
    assert await stream.read() == [7, 8]
    assert set(stream.shards.followed) == {"b", "a1", "a2"}


async def test_grandchildren_are_read_after_their_parents(stream: Stream) -> None:
    await stream.shards.begin()
    stream.ended |= {"a", "a1"}
    stream.add("a1", 7, parent="a")
    stream.add("a11", 9, parent="a1")
    seen = [await stream.read() for _ in range(4)]
    assert seen == [[], [7], [9], []]


@pytest.mark.parametrize("code", ["ExpiredIteratorException", "TrimmedDataAccessException"])
async def test_an_invalid_iterator_is_replaced(stream: Stream, code: str) -> None:
    await stream.shards.begin()
    stream.add("a", 5)
    assert await stream.read() == [5]
    stream.refusals = [code, code]
    stream.add("a", 6)
    assert await stream.read() == []
    assert set(stream.shards.followed) == {"a", "b"}
    assert (await stream.read())[-1] == 6


async def test_a_first_iterator_that_expires_unused_misses_nothing(stream: Stream) -> None:
    await stream.shards.begin()
    stream.add("b", 6)
    stream.refusals = ["ExpiredIteratorException", "ExpiredIteratorException"]
    await stream.read()
    assert 6 in await stream.read()


async def test_what_was_not_delivered_is_read_again(stream: Stream) -> None:
    await stream.shards.begin()
    stream.add("a", 5)
    stream.add("b", 6)
    stream.ended.add("b")
    await stream.shards.read()
    reads = await stream.shards.read()
    assert [[sequence_of(each) for each in read.records] for read in reads] == [["5"], ["6"]]
    stream.shards.advance(reads[0])
    assert await stream.read() == [6]


async def test_a_part_of_a_shard_can_be_read_again(stream: Stream) -> None:
    await stream.shards.begin()
    stream.add("a", *range(5, 2000))
    again = await stream.shards.between("a", "7", "1500")
    assert [int(sequence_of(each)) for each in again] == list(range(7, 1501))
    assert await stream.read() == list(range(5, 505))


async def test_what_the_stream_keeps_no_more_is_told(stream: Stream) -> None:
    await stream.shards.begin()
    stream.refusals = ["TrimmedDataAccessException"]
    with pytest.raises(TailLost, match="read the log again"):
        await stream.shards.between("a", "3", "3")
