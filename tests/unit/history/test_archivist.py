"""A server and its archive's process: what is asked while time passes and processes die."""

import asyncio
import contextlib
import resource
import socket
from random import Random

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from footfall.engines.sqlite.event_log import SqliteEventLog
from footfall.engines.tails import StoreTail
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import Cutoffs, TailLost
from footfall.history.archive.schedule import HOUR_MS
from footfall.history.frames import Passed, send
from footfall.history.reports.question import Buckets, Question
from footfall.model import Batch
from footfall.times import DAY_MS
from tests.archiving import FIRST_DAY, START, ArchivingServer, holds_now, view
from tests.histories import MIDNIGHT, Shape, history
from tests.history_oracle import answer, visits
from tests.serving import until


async def test_what_was_just_stored_is_in_the_answer(server: ArchivingServer) -> None:
    server.clock.now = START + HOUR_MS
    for number in range(5):
        await server.take(view(number, START + number * 1000, visitor=number % 2))
        found = await server.ask(Question(site="a", buckets=FIRST_DAY))
        assert found.counted.totals.page_views == number + 1
        assert found.counted.totals.visitors == min(number + 1, 2)


async def test_a_day_that_is_over_is_archived_and_the_log_may_forget_it(
    server: ArchivingServer,
) -> None:
    await server.take(*(view(number, START + number * 60_000) for number in range(120)))
    await server.ask(Question(site="a", buckets=FIRST_DAY))  # the log has been replayed
    await server.pass_to(START + 12 * HOUR_MS)
    assert server.archivist.needs_since() == START
    assert server.files() == []
    await server.pass_to(START + DAY_MS + 2 * HOUR_MS)
    assert server.archivist.needs_since() == server.clock.now
    assert [name.partition("-")[0] for name in server.files()] == ["events", "visits"]
    found = await server.ask(Question(site="a", buckets=FIRST_DAY))
    assert found.counted.totals.page_views == 120
    assert found.counted.totals.visits == 1


async def test_the_process_is_killed_and_another_answers_the_same(server: ArchivingServer) -> None:
    await server.take(*(view(number, START + number * 60_000, number) for number in range(50)))
    before = await server.ask(Question(site="a", buckets=FIRST_DAY))
    server.kill()
    await until(holds_now(lambda: server.archivist.task.failures > 0))
    assert await server.ask(Question(site="a", buckets=FIRST_DAY)) == before
    await until(holds_now(lambda: server.archivist.problem() is None))


async def test_a_tail_that_is_lost_is_made_up_for_by_the_log(server: ArchivingServer) -> None:
    """As with a process that hung for longer than the store remembers what it did not read."""
    await server.ask(Question(site="a", buckets=FIRST_DAY))
    log, tail = server.store.event_log, server.archivist._tail
    assert isinstance(log, SqliteEventLog)
    assert isinstance(tail, StoreTail)

    async def lost(_after: int, _until: int) -> Batch:
        log._tails.read_after = log._read_after
        raise TailLost("read the log again")

    log._tails.read_after = lost
    tail.fall_behind(asyncio.get_running_loop().time())
    await server.take(*(view(number, START + number * 1000) for number in range(60)))
    await until(holds_now(lambda: server.archivist.task.failures == 1))
    found = await server.ask(Question(site="a", buckets=FIRST_DAY))
    assert found.counted.totals.page_views == 60


async def test_a_snapshot_that_is_taken_ends_with_the_process(server: ArchivingServer) -> None:
    await server.ask(Question(site="a", buckets=FIRST_DAY))
    asked = asyncio.create_task(server.archivist.snapshot("a"))
    await asyncio.sleep(0)
    server.kill()
    with contextlib.suppress(StoreUnavailable):  # it may have been there already
        await asked


async def test_who_is_who_across_midnight_outlives_the_log_s_link(server: ArchivingServer) -> None:
    midnight = START + DAY_MS
    late = view(1, midnight - 60_000, visitor=1)
    early = view(2, midnight + 60_000, visitor=2, previous_visitor=1)
    await server.take(late, early)
    await server.pass_to(midnight + 120_000)
    manifest = server.folder / "footfall.history" / "site=a" / "manifest.json"
    await until(holds_now(manifest.exists))
    log = server.store.event_log
    assert await log.prune(Cutoffs(events=0, signals=0, links=midnight + HOUR_MS)) == 1
    await server.restart()
    both = Buckets((START, START + DAY_MS, START + 2 * DAY_MS))
    found = await server.ask(Question(site="a", buckets=both))
    assert found.counted.totals.visitors == 1
    assert found.counted.totals.visits == 1
    await server.pass_to(midnight + 2 * DAY_MS)
    assert [name for name in server.files() if name.startswith("people")]
    await server.pass_to(midnight + 32 * DAY_MS)  # the log has no event of that day any more
    manifest_text = manifest.read_text()
    assert "people" not in manifest_text
    found = await server.ask(Question(site="a", buckets=both))
    assert found.counted.totals.visitors == 1


async def test_a_removed_site_leaves_nothing(server: ArchivingServer) -> None:
    await server.take(view(1, START, site="a"), view(2, START, site="b"))
    await server.pass_to(START + 2 * DAY_MS)
    assert server.files("a")
    assert server.files("b")
    server.archivist.site_removed("a")
    folder = server.folder / "footfall.history" / "site=a"
    await until(holds_now(lambda: not folder.exists()))
    server.sites, server.removed = ("a",), ("b",)
    await server.restart()
    await server.ask(Question(site="a", buckets=FIRST_DAY))
    assert not server.files("b")


async def test_an_event_that_comes_too_late_is_counted_as_that(server: ArchivingServer) -> None:
    await server.take(view(1, START))
    await server.pass_to(START + 2 * DAY_MS)
    await server.take(view(2, START + 1000))
    await server.ask(Question(site="a", buckets=FIRST_DAY))
    await server.pass_to(START + 2 * DAY_MS + 1)
    assert server.archivist.standing is not None
    assert server.archivist.standing.late == 1


async def test_an_unusable_manifest_is_told_and_mended(server: ArchivingServer) -> None:
    of_b = Question(site="b", buckets=FIRST_DAY)
    await server.take(view(1, START), view(2, START, site="b"))
    await server.pass_to(START + 2 * DAY_MS)
    manifest = server.folder / "footfall.history" / "site=a" / "manifest.json"
    good = manifest.read_bytes()
    manifest.write_bytes(b"{")
    await server.restart()
    await until(holds_now(lambda: "can't be read" in (server.archivist.problem() or "")))
    assert server.archivist.needs_since() == 0
    assert (await server.ask(of_b)).counted.totals.page_views == 1
    with pytest.raises(StoreUnavailable, match="can't be read"):
        await server.archivist.snapshot("a")
    await server.take(view(3, server.clock.now - 1000))
    manifest.write_bytes(good)
    both = Buckets((START, START + 3 * DAY_MS))
    await until(holds_now(lambda: server.archivist.problem() is None and server.has_told_all()))
    found = await server.ask(Question(site="a", buckets=both))
    assert found.counted.totals.page_views == 2
    assert server.archivist.needs_since() > START


async def test_a_full_disk_is_told_and_all_is_back_when_there_is_space(
    server: ArchivingServer,
) -> None:
    asked = Buckets((START, START + 3 * DAY_MS))
    await server.take(*(view(number, START + number) for number in range(50)))
    before = await server.ask(Question(site="a", buckets=asked))
    pid = server.archivist.pid
    assert pid is not None
    limits = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, limits[1]))
    await until(holds_now(lambda: server.archivist.problem() is not None))
    assert "can't write" in (server.archivist.problem() or "")
    await server.pass_to(START + 2 * DAY_MS)
    assert server.archivist.needs_since() == START
    await server.take(view(60, server.clock.now - 1000))

    async def is_refused() -> bool:
        """As soon as the new event has come to the process, which has no place for it."""
        try:
            await server.archivist.snapshot("a")
        except StoreUnavailable:
            return True
        return False

    await until(is_refused)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    await until(holds_now(lambda: server.archivist.problem() is None))
    after = await server.ask(Question(site="a", buckets=asked))
    assert after.counted.totals.page_views == before.counted.totals.page_views + 1
    assert server.archivist.pid == pid
    assert server.archivist.needs_since() > START + DAY_MS


async def test_what_is_sent_to_a_closed_connection_is_an_error_that_is_expected() -> None:
    own, its = socket.socketpair()
    with its:
        _, writer = await asyncio.open_unix_connection(sock=own)
        writer.close()
        with pytest.raises(OSError, match="closed"):
            await send(writer, Passed(1))


@settings(max_examples=8, deadline=None, phases=(Phase.generate,))
@given(seed=st.integers(0, 2**32))
async def test_kills_change_no_number(seed: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Events come as time passes; process and server are killed at random; days are archived."""
    random = Random(seed)
    shape = Shape(events=220, people=4, start=MIDNIGHT - 40_000, span=300_000, repeats=0.2)
    events = history(random, shape)
    async with ArchivingServer(tmp_path_factory.mktemp("server")).running() as server:
        server.clock.now = events[0].time
        while events:
            count = random.randrange(1, 60)
            some, events = events[:count], events[count:]
            await server.take(*some)
            await until(holds_now(server.has_told_all))
            server.clock.now = some[-1].time
            done = random.choice(("pass", "kill", "restart", "nothing"))
            if done == "pass":
                await server.pass_to(some[-1].time)
            elif done == "restart":
                await server.restart()
            elif done == "kill":
                server.kill()
        await server.pass_to(server.clock.now + random.randrange(3 * DAY_MS))
        begin = (MIDNIGHT - 86_400) * 1000
        edges = tuple(begin + day * DAY_MS for day in range(6))
        found = await server.ask(Question(site="a", buckets=Buckets(edges)))
        assert server.archivist.standing is not None
    expected = answer(visits(history(Random(seed), shape), "a"), edges)
    counted = msgspec.json.decode(msgspec.json.encode(found))
    assert {name: counted[name] for name in expected} == expected
