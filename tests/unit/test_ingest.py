import asyncio
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall.engines.memory import MemoryEventLog
from footfall.errors import (
    FootfallError,
    InvalidInput,
    NotFound,
    Overloaded,
    StoreUnavailable,
    TooLarge,
)
from footfall.eventlog.writer import BatchingWriter
from footfall.ingest import SLICE_EVENTS
from footfall.model import DropReason
from tests.events import stored
from tests.ingesting import caller, encoded, new_ingest, rules, wire


@pytest.fixture
def log() -> MemoryEventLog:
    return MemoryEventLog()


async def test_an_event_is_stored_before_ingest_returns(log: MemoryEventLog) -> None:
    dropped = await new_ingest(log).ingest(encoded(wire(id="mine")), caller())

    assert dropped == {}
    assert [event.id for event in await stored(log)] == ["any/mine"]


async def test_one_body_may_have_events_of_several_sites(log: MemoryEventLog) -> None:
    ingest = new_ingest(log, rules(id="a"), rules(id="b"))

    await ingest.ingest(encoded(wire(s="a"), wire(s="b"), wire(s="b")), caller())

    assert len(await stored(log, "a")) == 1
    assert len(await stored(log, "b")) == 2
    assert ingest.accepted == 3


async def test_dropped_events_are_counted_and_the_rest_is_stored(log: MemoryEventLog) -> None:
    ingest = new_ingest(log, rules(exclude_paths=("/admin*",)))
    url = "https://example.com/admin"

    dropped = await ingest.ingest(encoded(wire(), wire(u=url), wire(u=url)), caller())

    assert dropped == {DropReason.EXCLUDED_PATH: 2}
    assert ingest.dropped[DropReason.EXCLUDED_PATH] == 2
    assert ingest.accepted == len(await stored(log)) == 1


async def test_a_body_of_bots_only_stores_nothing(log: MemoryEventLog) -> None:
    ingest = new_ingest(log)

    assert await ingest.ingest(encoded(wire(), wire()), caller(user_agent="")) == {
        DropReason.BOT: 2
    }
    assert await stored(log) == []


@pytest.mark.parametrize(
    ("second", "error", "field"),
    [
        (wire(u="nonsense"), InvalidInput, "[1].u"),
        (wire(e="event"), InvalidInput, "[1].p.name"),
        (wire(t="\0"), InvalidInput, "[1].t"),
        (wire(s="unknown"), NotFound, None),
    ],
)
async def test_one_wrong_event_refuses_the_whole_body(
    log: MemoryEventLog, second: dict[str, Any], error: type[FootfallError], field: str | None
) -> None:
    ingest = new_ingest(log)

    with pytest.raises(error) as raised:
        await ingest.ingest(encoded(wire(), second, wire()), caller(user_agent=""))

    assert getattr(raised.value, "field", None) == field
    assert await stored(log) == []
    assert ingest.accepted == sum(ingest.dropped.values()) == 0


async def test_lines_are_numbered_like_an_array(log: MemoryEventLog) -> None:
    body = b"\n".join([encoded(wire()), b"", encoded(wire()), b"nonsense"])

    with pytest.raises(InvalidInput) as raised:
        await new_ingest(log).ingest(body, caller())

    assert raised.value.field == "[2]"


async def test_a_single_event_has_no_number(log: MemoryEventLog) -> None:
    with pytest.raises(InvalidInput) as raised:
        await new_ingest(log).ingest(encoded(wire(u=1)), caller())

    assert raised.value.field == "u"


async def test_too_many_events_are_refused(log: MemoryEventLog) -> None:
    ingest = new_ingest(log, max_events=2)

    await ingest.ingest(encoded(wire(), wire()), caller())
    with pytest.raises(TooLarge, match="at most 2 events"):
        await ingest.ingest(encoded(wire(), wire(), wire()), caller())
    assert len(await stored(log)) == 2


async def test_an_empty_array_is_no_error(log: MemoryEventLog) -> None:
    assert await new_ingest(log).ingest(b"[]", caller()) == {}


async def test_a_large_body_does_not_block_other_requests(log: MemoryEventLog) -> None:
    ingest = new_ingest(log)
    many = encoded(*[wire() for _ in range(5 * SLICE_EVENTS)])

    large = asyncio.create_task(ingest.ingest(many, caller()))
    await asyncio.sleep(0)
    await ingest.ingest(encoded(wire()), caller())

    assert not large.done()
    await large
    assert len(await stored(log)) == 5 * SLICE_EVENTS + 1


async def test_events_that_are_not_stored_are_not_counted(log: MemoryEventLog) -> None:
    ingest = new_ingest(log)
    await log.close()

    with pytest.raises(StoreUnavailable):
        await ingest.ingest(encoded(wire()), caller())
    ingest._writer = BatchingWriter(log, capacity=0)
    with pytest.raises(Overloaded):
        await ingest.ingest(encoded(wire()), caller())
    assert ingest.accepted == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=9,
)
FIELDS = st.dictionaries(
    st.sampled_from(["s", "e", "u", "sid", "r", "t", "sw", "sh", "p", "id", "ts", "ip", "ua"]),
    JSON
    | st.text()
    | st.sampled_from(["a", "event", "outbound", "https://example.com/\0", "::1", "\ud800"])
    | st.fixed_dictionaries({"name": JSON, "url": JSON}),
)


@given(st.binary() | st.binary().map(lambda tail: b"[" + tail))
async def test_any_bytes_are_accepted_or_refused(body: bytes) -> None:
    await accepted_or_refused(body)


@given(FIELDS)
async def test_any_fields_are_accepted_or_refused(fields: dict[str, Any]) -> None:
    await accepted_or_refused(
        json.dumps({"s": "a", "e": "ping", "u": "http://a.b/"} | fields).encode()
    )


async def accepted_or_refused(body: bytes) -> None:
    ingest = new_ingest(MemoryEventLog())
    for write_site in (None, "a"):
        with contextlib.suppress(FootfallError):
            await ingest.ingest(body, caller(write_site=write_site))
