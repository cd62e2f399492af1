"""Older files are migrated; files of other programs are left unchanged."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from footfall.engines.sqlite import schema
from footfall.engines.sqlite.catalog import SqliteCatalog
from footfall.engines.sqlite.event_log import SqliteEventLog
from footfall.errors import StoreUnavailable
from footfall.model import Event
from tests.events import event, stored


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@contextmanager
def raw(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


async def make_store(path: Path, *events: Event) -> None:
    log = SqliteEventLog(path)
    await log.append(events)
    await log.close()


async def test_a_migration_keeps_existing_events(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_store(path, event(1))
    more = (*schema.MIGRATIONS, ("CREATE TABLE extra (x)",), ("INSERT INTO extra VALUES (7)",))
    monkeypatch.setattr(schema, "MIGRATIONS", more)
    log = SqliteEventLog(path)
    assert await stored(log) == [event(1)]
    await log.close()
    with raw(path) as connection:
        assert connection.execute("SELECT x FROM extra").fetchall() == [(7,)]
        assert connection.execute("PRAGMA user_version").fetchone() == (len(more),)


async def test_a_failed_migration_changes_nothing(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_store(path, event(1))
    more = (*schema.MIGRATIONS, ("CREATE TABLE extra (x)", "DROP TABLE events", "NONSENSE"))
    monkeypatch.setattr(schema, "MIGRATIONS", more)
    with pytest.raises(StoreUnavailable, match="NONSENSE"):
        SqliteEventLog(path)
    monkeypatch.undo()
    log = SqliteEventLog(path)
    assert await stored(log) == [event(1)]
    await log.close()


async def test_a_newer_file_is_refused_with_both_versions(path: Path) -> None:
    await make_store(path)
    with raw(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreUnavailable, match=r"store.db was written by a newer .*99"):
        SqliteEventLog(path)


async def test_a_file_of_another_program_is_left_unchanged(path: Path) -> None:
    with raw(path) as connection:
        connection.execute("CREATE TABLE invoices (x)")
    with pytest.raises(StoreUnavailable, match="another program"):
        SqliteCatalog(path)
    with raw(path) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("invoices",)]
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)


FIRST_FORM = (
    '["a",5,"e5","event",-3,"example.com","/x",7,"s1","T","buy","u","r","Google","spring","DE",'
    '"mobile","Firefox","Linux",["Sale"],{"source":"n"},{"value":1.5}]'
)
"""An event as version 1 of the schema stores it. Never change it: files contain such rows."""


async def test_events_of_the_first_schema_version_can_be_read(path: Path) -> None:
    await make_store(path)
    with raw(path) as connection:
        connection.execute(
            "INSERT INTO events (site, time, id, is_signal, is_linked, body)"
            " VALUES ('a', 5, 'e5', 0, 1, ?)",
            (FIRST_FORM,),
        )
    log = SqliteEventLog(path)
    expected = Event(
        site="a",
        time=5,
        id="e5",
        type="event",
        visitor=-3,
        host="example.com",
        path="/x",
        previous_visitor=7,
        sid="s1",
        title="T",
        name="buy",
        url="u",
        referrer="r",
        source="Google",
        campaign="spring",
        country="DE",
        device="mobile",
        browser="Firefox",
        os="Linux",
        goals=("Sale",),
        utm={"source": "n"},
        props={"value": 1.5},
    )
    assert await stored(log) == [expected]
    await log.close()


async def test_the_searched_columns_follow_from_the_event(path: Path) -> None:
    await make_store(
        path,
        event(1, type="ping", site="b", previous_visitor=0),
        event(2, type="pageview", id="é"),
    )
    with raw(path) as connection:
        rows = connection.execute("SELECT site, time, id, is_signal, is_linked FROM events")
        assert rows.fetchall() == [("b", 1, "e000001", 1, 1), ("a", 2, "é", 0, 0)]
