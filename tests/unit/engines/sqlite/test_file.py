"""A file that is removed, replaced, cut short or damaged while a server has it open."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from footfall.engines.open import Store, open_store
from footfall.errors import StoreUnavailable
from footfall.model import Site
from tests.events import event, stored

PATIENCE_S = 10


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    opened = open_store(f"sqlite:///{path}")
    await opened.event_log.append([event(n, title="x" * 500) for n in range(500)])
    yield opened
    await opened.close()


def beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def remove(path: Path) -> None:
    path.unlink()


def remove_all(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        beside(path, suffix).unlink()


def remove_log(path: Path) -> None:
    beside(path, "-wal").unlink()


def replace_with_a_copy(path: Path) -> None:
    shutil.copy(path, beside(path, ".copy"))
    beside(path, ".copy").rename(path)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def move_away(path: Path) -> None:
    path.rename(beside(path, ".away"))


def put_back(path: Path) -> None:
    beside(path, ".away").rename(path)


def scramble(path: Path) -> bytes:
    """Overwrite all but the first two pages. Returns what there was."""
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(len(whole) - 8192))
    return whole


def mend(path: Path, whole: bytes) -> None:
    path.write_bytes(whole)


async def use(store: Store) -> None:
    for number in range(100):
        await store.event_log.append([event(n) for n in range(number * 100)])
        await stored(store.event_log)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - the file is looked at from time to time
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("harm", [remove, remove_all, remove_log, replace_with_a_copy])
async def test_no_event_is_acknowledged_that_the_next_start_would_not_find(
    store: Store, path: Path, harm: Callable[[Path], None]
) -> None:
    harm(path)
    with pytest.raises(StoreUnavailable, match="removed, replaced or cut short"):
        await store.event_log.append([event(1_000)])
    with pytest.raises(StoreUnavailable, match="removed, replaced or cut short"):
        await store.catalog.put_site(Site(id="b", name="B"))
    assert store.event_log.problem() is not None


async def test_a_file_that_is_cut_short_is_noticed(store: Store, path: Path) -> None:
    tail = await store.event_log.tail()  # empties the write-ahead log into the file
    await until(lambda: beside(path, "-wal").stat().st_size == 0)
    await store.event_log.probe()  # whoever emptied it has looked at the file
    assert store.event_log.problem() is None
    cut(path)
    with pytest.raises(StoreUnavailable, match="removed, replaced or cut short"):
        await store.event_log.append([event(1_000)])
    await tail.aclose()


async def test_without_traffic_the_loss_is_logged_once_and_so_is_the_return(
    store: Store, path: Path
) -> None:
    with capture_logs() as logs:
        tail = await store.event_log.tail()
        move_away(path)
        await until(lambda: len(logs) == 1)
        put_back(path)
        await until(lambda: len(logs) == 2)
    assert [line["event"] for line in logs] == ["store.file_lost", "store.file_is_back"]
    assert {line["file"] for line in logs} == {str(path)}
    await store.event_log.append([event(1_000)])
    assert len(await stored(store.event_log)) == 501
    await tail.aclose()


async def test_damage_that_is_found_once_ends_writing_for_good(store: Store, path: Path) -> None:
    tail = await store.event_log.tail()
    await until(lambda: beside(path, "-wal").stat().st_size == 0)
    whole = scramble(path)
    with pytest.raises(StoreUnavailable, match="damaged"):
        await use(store)
    mend(path, whole)
    with pytest.raises(StoreUnavailable, match="damaged: restore a backup"):
        await store.event_log.append([event(1_000)])
    assert "damaged" in (store.event_log.problem() or "")
    await tail.aclose()


async def test_strangers_are_not_told_where_the_file_is(store: Store, path: Path) -> None:
    move_away(path)
    with pytest.raises(StoreUnavailable) as caught:
        await store.event_log.append([event(1_000)])
    assert str(path) in str(caught.value)
    assert str(path.parent) not in caught.value.public
    assert str(path.parent) not in (store.event_log.problem() or "")
