"""What the archive's process can't take, or can take nothing at all: what that costs."""

import os
import resource
import signal

import msgspec
import pytest
from structlog.testing import capture_logs

from footfall.errors import StoreUnavailable
from footfall.history import feed
from footfall.history.archive.schedule import HOUR_MS
from footfall.history.reports.question import Question
from footfall.model import Event
from footfall.times import DAY_MS
from tests.archiving import FIRST_DAY, START, ArchivingServer, holds_now, view
from tests.serving import until

ASKED = Question(site="a", buckets=FIRST_DAY)


def bad(number: int) -> tuple[Event, ...]:
    """MessagePack has no such number; DuckDB has no such visitor; calendars no such time."""
    made = view(number, START + number)
    return (
        msgspec.structs.replace(made, type="event", name="n", props={"v": 2**64}),
        msgspec.structs.replace(made, id="visitor", visitor=2**63),
        msgspec.structs.replace(made, id="before", time=-1),
        msgspec.structs.replace(made, id="after", time=253_402_300_799_000),
    )


async def test_events_that_cannot_be_taken_cost_only_themselves(server: ArchivingServer) -> None:
    server.clock.now = START + HOUR_MS
    await server.ask(ASKED)
    with capture_logs() as logs:
        await server.take(view(1, START), *bad(2), view(3, START + 3))
        await server.take(view(4, START + 4))
        assert (await server.ask(ASKED)).counted.totals.page_views == 3
        await until(holds_now(lambda: server.archivist.set_aside.count == 4))
        assert "4 events are in no report" in (server.archivist.condition() or "")
        assert server.archivist.problem() is None
        assert server.archivist.task.failures == 0
        await server.restart()
        assert (await server.ask(ASKED)).counted.totals.page_views == 3
    named = [each["id"] for each in logs if each["event"] == "archive.event_set_aside"]
    assert set(named) == {"e000002", "visitor", "before", "after"}


async def test_what_was_set_aside_does_not_keep_the_log(server: ArchivingServer) -> None:
    await server.take(view(1, START), *bad(2)[:2])
    await server.pass_to(START + 2 * DAY_MS)
    await until(holds_now(lambda: server.archivist.needs_since() == server.clock.now))
    assert (await server.ask(ASKED)).counted.totals.page_views == 1


async def test_a_full_disk_stops_neither_questions_nor_time(
    server: ArchivingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More events come than the process may hold, and it can take none."""
    monkeypatch.setattr(feed, "MAX_UNTAKEN_BYTES", 20_000)
    server.clock.now = START + HOUR_MS
    await server.take(view(0, START), view(1, START, site="b"))
    await server.ask(ASKED)
    pid = server.archivist.pid
    assert pid is not None
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, limits[1]))
    for part in range(10):
        await server.take(*(view(part * 100 + each, START + each) for each in range(2, 102)))
    await until(holds_now(lambda: "can't take events in" in (server.archivist.problem() or "")))
    assert not server.has_told_all()
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="can't take events in") as refused:
            await server.archivist.snapshot("a")
        assert "file" not in refused.value.public.lower()
    before = server.archivist.standing
    await until(holds_now(lambda: server.archivist.standing is not before))
    assert server.archivist.needs_since() == START
    server.archivist.site_removed("b")
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    await until(holds_now(lambda: server.archivist.condition() is None))
    found = await server.ask(ASKED)
    assert found.counted.totals.page_views == 1001
    assert server.archivist.pid == pid


async def test_time_does_not_pass_while_events_are_held(
    server: ArchivingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stretch must not be closed while the server still has events of it."""
    monkeypatch.setattr(feed, "MAX_UNTAKEN_BYTES", 1)
    await server.ask(ASKED)
    process, tail = server.archivist.pid, server.archivist._tail
    assert process is not None
    assert tail is not None
    os.kill(process, signal.SIGSTOP)
    try:
        for number in range(2):
            await server.take(view(number, START + number))
        await until(holds_now(lambda: tail.delay() == 0))
        await until(holds_now(lambda: server.archivist._through(tail) < server.clock.now))
    finally:
        os.kill(process, signal.SIGCONT)
    assert (await server.ask(ASKED)).counted.totals.page_views == 2
    assert server.archivist._through(tail) == server.clock.now
