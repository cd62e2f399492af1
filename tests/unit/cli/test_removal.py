"""Removing a large site through a server: a kill does not forget it, a stop need not wait."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from footfall.engines.open import open_store
from footfall.model import Site
from tests.events import event
from tests.serving import bearer, until
from tests.unit.cli.test_serve import MINE, Serve, serve

__all__ = ("serve",)

EVENTS = 40_000
SITE = "/api/analytics/sites/big"


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """With a site of many events."""
    store = open_store(f"sqlite:///{tmp_path}/test.db")
    await store.catalog.put_site(Site(id="big", name="Big"))
    now = time.time_ns() // 1_000_000
    for start in range(0, EVENTS, 10_000):
        numbers = range(start, start + 10_000)
        await store.event_log.append(
            [event(n, site="big", time=now - 3_600_000 * 24 + n) for n in numbers]
        )
    await store.close()
    return tmp_path / "test.db"


@pytest.fixture
def rows(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(database)) as connection:
        yield connection


def count(rows: sqlite3.Connection) -> int:
    number: int = rows.execute("SELECT count(*) FROM events").fetchone()[0]
    return number


async def remove(address: str) -> None:
    async with httpx.AsyncClient(base_url=address, headers=bearer(MINE)) as client:
        assert (await client.delete(SITE)).status_code == 204
        assert (await client.get(SITE)).status_code == 404


@pytest.mark.parametrize("end", ["kill", "stop"])
async def test_a_removal_goes_on_at_the_next_start(
    serve: Serve, rows: sqlite3.Connection, end: str
) -> None:
    first = await serve(FOOTFALL_ADMIN_TOKEN=MINE)
    await remove(first.address)
    if end == "kill":
        first.process.kill()
        await first.process.wait()
    else:
        code, seconds, _ = await first.stop()
        assert code == 0
        assert seconds < 3
    assert count(rows) > 0, "make EVENTS larger: it was done before it was ended"
    await serve(FOOTFALL_ADMIN_TOKEN=MINE)

    async def is_gone() -> bool:
        return count(rows) == 0

    await until(is_gone)
