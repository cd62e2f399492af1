"""Full disks, damaged files, locks: a clear error, no partial batch, and recovery."""

import asyncio
import gc
import os
import resource
import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from footfall.engines.sqlite import connection
from footfall.engines.sqlite.catalog import SqliteCatalog
from footfall.engines.sqlite.event_log import SqliteEventLog
from footfall.engines.sqlite.schema import APPLICATION_ID
from footfall.errors import StoreUnavailable
from footfall.model import Event, Site
from tests.events import event, followed, stored
from tests.raw import until


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


def batch(number: int) -> list[Event]:
    return [event(number * 100 + n, title="x" * 200) for n in range(100)]


def overwrite(path: Path) -> None:
    """Overwrite all but the first page, which identifies the file as a database."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))


@contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Writing past ``size`` bytes of a file fails, as on a failing disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_reported_and_appends_work_again_after_space_is_freed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = (*connection.PRAGMAS, "max_page_count = 60")
    monkeypatch.setattr(connection, "PRAGMAS", limit)
    log = SqliteEventLog(path)
    for number in range(2):
        await log.append(batch(number))
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="disk is full: free some space"):
            await log.append([each for number in range(50) for each in batch(number)])
    monkeypatch.undo()
    await log.append(batch(2))
    assert await stored(log) == batch(0) + batch(1) + batch(2)
    await log.close()


async def test_a_failing_disk_is_reported_and_the_tail_misses_nothing(path: Path) -> None:
    log = SqliteEventLog(path)
    tail = await log.tail()
    while log.file.has_traces:  # noqa: ASYNC110 - the write-ahead log is emptied once at the start
        await asyncio.sleep(0)
    await log.append(batch(0))
    wal = path.with_name(path.name + "-wal")
    with file_size_limit(wal.stat().st_size + 5_000):
        for _ in range(3):
            with pytest.raises(StoreUnavailable, match=r"store\.db"):
                await log.append(batch(1))
    await log.append(batch(2))
    assert await stored(log) == batch(0) + batch(2)
    assert await followed(tail, 200) == batch(0) + batch(2)
    await tail.aclose()
    await log.close()


async def test_a_read_only_file_is_reported_and_appends_work_again_when_it_is_writable(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SqliteEventLog(path)
    await log.append(batch(0))
    monkeypatch.setattr(connection, "PRAGMAS", (*connection.PRAGMAS, "query_only = ON"))
    with file_size_limit(0), pytest.raises(StoreUnavailable):
        await log.append(batch(1))  # after an error it connects again
    for attempt in (log.append(batch(1)), log.probe()):
        with pytest.raises(StoreUnavailable, match="write permission"):
            await attempt
    monkeypatch.undo()
    await log.probe()
    await log.append(batch(2))
    assert await stored(log) == batch(0) + batch(2)
    await log.close()


async def test_a_job_that_takes_too_long_is_answered_and_what_waits_behind_it_never_begins(
    path: Path,
) -> None:
    log = SqliteEventLog(path, timeout_s=0.1)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for number in range(2):
            with pytest.raises(StoreUnavailable, match=r"did not answer within 0\.1 s"):
                await log.append(batch(number))
        other.execute("ROLLBACK")
    await log.append(batch(2))
    assert await stored(log) in (batch(2), batch(0) + batch(2))
    await log.close()


async def test_a_locked_file_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "BUSY_TIMEOUT_S", 0.01)
    log = SqliteEventLog(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            await log.append([event(1)])
        other.execute("ROLLBACK")
    await log.append([event(2)])
    assert await stored(log) == [event(2)]
    await log.close()


def test_a_file_that_is_no_database_is_named_and_left_unchanged(path: Path) -> None:
    path.write_bytes(b"not a database " * 1_000)
    with pytest.raises(StoreUnavailable, match=r"store\.db: the file is no SQLite database"):
        SqliteEventLog(path)
    assert path.read_bytes() == b"not a database " * 1_000


async def test_a_damaged_file_is_reported_as_damaged(path: Path) -> None:
    log = SqliteEventLog(path)
    for number in range(10):
        await log.append(batch(number))
    await log.close()
    overwrite(path)
    with pytest.raises(StoreUnavailable, match="damaged: restore a backup"):
        await SqliteCatalog(path).put_site(Site(id="a", name="A"))


async def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "store.db"
    for engine in (SqliteEventLog, SqliteCatalog):
        with pytest.raises(StoreUnavailable, match=r"nowhere/store\.db.*folder exists"):
            engine(path)


async def test_a_second_server_is_refused_until_the_first_ends(path: Path) -> None:
    first = SqliteEventLog(path)
    with pytest.raises(StoreUnavailable, match=rf"served already, by process {os.getpid()}:"):
        SqliteEventLog(path)
    await first.append([event(1)])
    await first.close()
    second = SqliteEventLog(path)
    assert await stored(second) == [event(1)]
    await second.close()


async def test_a_server_that_failed_to_open_leaves_no_lock(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("CREATE TABLE invoices (x)")
        with pytest.raises(StoreUnavailable):
            SqliteEventLog(path)
        other.execute("DROP TABLE invoices")
        other.execute("VACUUM")
        other.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    await SqliteEventLog(path).close()


class Watched(list[Event]):
    """Events that a test sees vanish."""


async def test_jobs_whose_callers_gave_up_leave_nothing_behind_on_a_hung_disk(path: Path) -> None:
    """Their events are freed at once, and are not stored when the disk is back."""
    log = SqliteEventLog(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        first = asyncio.create_task(log.append([event(1)]))
        await asyncio.sleep(0)
        events = [Watched([event(100 + number)]) for number in range(50)]
        held = [weakref.ref(each) for each in events]
        waiting = [asyncio.create_task(log.append(each)) for each in events]
        await asyncio.sleep(0)
        for each in waiting:
            each.cancel()
        await asyncio.wait(waiting)
        del events, waiting, each
        await asyncio.sleep(0)
        gc.collect()
        assert [each for each in held if each() is not None] == []
        other.execute("ROLLBACK")
    await first
    await log.append([event(2)])
    assert await stored(log) == [event(1), event(2)]
    await log.close()


async def test_the_event_loop_never_asks_the_disk_about_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = SqliteEventLog(path)
    threads = set[int]()
    stat = os.stat

    def noted(*given: Any, **more: Any) -> os.stat_result:
        if threading.current_thread() is threading.main_thread() or "store.db" in str(given[0]):
            threads.add(threading.get_ident())
        return stat(*given, **more)

    monkeypatch.setattr(os, "stat", noted)
    tail = await log.tail()
    await log.append([event(1)])
    await log.probe()
    assert await stored(log) == [event(1)]
    assert log.problem() is None
    await until(lambda: not log.file.has_traces)
    assert threads
    assert threading.get_ident() not in threads
    await tail.aclose()
    await log.close()
