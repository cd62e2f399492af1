"""Deleted salts and links are in none of the files, soon after and while the store stays open."""

import asyncio
import random
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from footfall.engines.open import Store, open_store
from footfall.eventlog.port import Cutoffs
from tests.events import event

PATIENCE_S = 10
TODAY = date(2026, 1, 15)
DAYS = [TODAY - timedelta(days=number) for number in range(5)]
NOTHING = Cutoffs(events=0, signals=0, links=0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    path.parent.mkdir()
    opened = open_store(f"sqlite:///{path}")
    tail = await opened.event_log.tail()
    yield opened
    await tail.aclose()
    await opened.close()


def contents(folder: Path) -> bytes:
    """All bytes of the database, its write-ahead log, and whatever else is beside it."""
    return b"\n".join(each.read_bytes() for each in folder.iterdir())


def links_in(folder: Path) -> set[int]:
    """All at once: looking for thousands one by one would take minutes."""
    return {int(text) for text in re.findall(rb"(?<=,)\d{19}(?=,)", contents(folder))}


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - files are looked at from time to time
            await asyncio.sleep(0.05)


async def until_gone(secrets: list[bytes], folder: Path) -> None:
    def are_gone() -> bool:
        found = contents(folder)
        return not any(secret in found for secret in secrets)

    await until(are_gone)


async def test_deleted_salts_are_in_no_file(store: Store, path: Path) -> None:
    salts = [await store.catalog.salt(day) for day in DAYS]
    for number in range(20):  # a burst that grows the write-ahead log
        await store.event_log.append([event(n, title="x" * 500) for n in range(number, 500)])
        salts.append(await store.catalog.salt(TODAY - timedelta(days=10 + number)))
    assert all(salt in contents(path.parent) for salt in salts)
    await store.catalog.delete_salts(before=TODAY)
    await until_gone(salts[1:], path.parent)
    assert salts[0] in contents(path.parent)
    assert await store.catalog.salt(TODAY) == salts[0]


async def test_a_reader_in_the_way_only_delays_it(store: Store, path: Path) -> None:
    salt = await store.catalog.salt(DAYS[1])
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        await store.catalog.delete_salts(before=TODAY)
        await store.event_log.append([event(1)])  # nobody waits for it
        assert salt in contents(path.parent)
        reader.execute("COMMIT")
    await until_gone([salt], path.parent)


async def test_deleted_links_are_in_no_file(store: Store, path: Path) -> None:
    dice = random.Random(4)
    links = [dice.randrange(10**18, 2**63) for _ in range(4_000)]
    for start in range(0, len(links), 100):
        await store.event_log.append(
            [
                event(
                    n,
                    title="x" * dice.randrange(3_000),
                    id=f"{dice.random()}",
                    site=dice.choice("abc"),
                    type=dice.choice(("ping", "pageview")),
                    previous_visitor=links[n],
                )
                for n in range(start, start + 100)
            ]
        )
    assert set(links) <= links_in(path.parent)
    cutoffs = Cutoffs(events=1_000, signals=2_000, links=3_000)
    while await store.event_log.prune(cutoffs):
        pass
    await until(lambda: links_in(path.parent).isdisjoint(links[:3_000]))
    assert set(links[3_000:]) <= links_in(path.parent)


async def test_a_kill_between_deletion_and_erasure_is_made_good_at_the_next_start(
    store: Store, path: Path, tmp_path: Path
) -> None:
    salt = await store.catalog.salt(DAYS[1])
    killed = tmp_path / "killed"
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchone()
        await store.catalog.delete_salts(before=TODAY)
        shutil.copytree(path.parent, killed)
        reader.execute("COMMIT")
    assert salt in contents(killed)
    again = open_store(f"sqlite:///{killed / 'store.db'}")
    tail = await again.event_log.tail()
    await until_gone([salt], killed)
    await tail.aclose()
    await again.close()


async def test_a_clean_stop_leaves_no_write_ahead_log(tmp_path: Path) -> None:
    """Connections that close at the same time take each other for one that stays."""
    for number in range(50):
        path = tmp_path / f"{number}.db"
        store = open_store(f"sqlite:///{path}")
        await store.event_log.append([event(number)])
        await asyncio.gather(store.catalog.load(), store.event_log.first_event("a"))
        await store.close()
        assert not path.with_name(path.name + "-wal").exists()
