"""The minutes in SQLite, on the catalog's connection: one short transaction each minute."""

import sqlite3
from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from footfall.engines.sqlite.transaction import in_transaction
from footfall.engines.sqlite.worker import Worker
from footfall.model import MinuteCounts

PUT = "INSERT OR REPLACE INTO minutes VALUES (?, ?, ?, ?, ?, ?)"
READ = """
SELECT minute, current_visitors, present_visitors, visitors, page_views FROM minutes
WHERE site = ? AND minute >= ? AND minute < ? ORDER BY minute
"""
PEAK = """
SELECT minute, current_visitors, present_visitors, visitors, page_views FROM minutes
WHERE site = ? AND minute >= ? AND minute < ? ORDER BY current_visitors DESC, minute LIMIT 1
"""
ENDS = """
SELECT (SELECT min(minute) FROM minutes WHERE site = ?1),
       (SELECT max(minute) FROM minutes WHERE site = ?1)
"""


class SqliteMinutes:
    """See ``history.port.MinuteStore``."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    async def put(self, minutes: Mapping[str, Sequence[MinuteCounts]]) -> None:
        rows = [
            (site, *msgspec.structs.astuple(each))
            for site, of_site in minutes.items()
            for each in of_site
        ]
        await self._worker.run(partial(in_transaction, "IMMEDIATE", partial(_put, rows=rows)))

    async def read(self, site: str, since: int, until: int) -> list[MinuteCounts]:
        return await self._worker.run(partial(_read, key=(site, since, until)))

    async def peak(self, site: str, since: int, until: int) -> MinuteCounts | None:
        return await self._worker.run(partial(_peak, key=(site, since, until)))

    async def ends(self, site: str) -> tuple[int, int] | None:
        return await self._worker.run(partial(_ends, site=site))


def _put(connection: sqlite3.Connection, *, rows: Sequence[tuple[str | int, ...]]) -> None:
    connection.executemany(PUT, rows)


def _read(connection: sqlite3.Connection, *, key: tuple[str, int, int]) -> list[MinuteCounts]:
    return [MinuteCounts(*row) for row in connection.execute(READ, key)]


def _peak(connection: sqlite3.Connection, *, key: tuple[str, int, int]) -> MinuteCounts | None:
    row = connection.execute(PEAK, key).fetchone()
    return None if row is None else MinuteCounts(*row)


def _ends(connection: sqlite3.Connection, *, site: str) -> tuple[int, int] | None:
    oldest, newest = connection.execute(ENDS, (site,)).fetchone()
    return None if oldest is None else (oldest, newest)
