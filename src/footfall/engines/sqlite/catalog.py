"""The catalog in SQLite: short transactions on its own connection, from any process."""

import asyncio
import sqlite3
from collections.abc import Callable, Collection
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from footfall.catalog.port import CatalogState
from footfall.engines.sqlite import catalog_jobs as jobs
from footfall.engines.sqlite.file import DatabaseFile
from footfall.engines.sqlite.transaction import in_transaction
from footfall.engines.sqlite.worker import Worker
from footfall.model import BrowserSession, Goal, Site, Token

T = TypeVar("T")

PAUSE_S = 0.02
"""Between two large deletions, so that an append never waits long for its turn."""

BUMP = "UPDATE catalog SET version = version + 1"


class SqliteCatalog:
    """See ``catalog.port.Catalog``."""

    def __init__(self, path: Path, file: DatabaseFile | None = None) -> None:
        """``file`` is that of the server which has it open already; None for a lone command.
        Raises StoreUnavailable when the file can't be opened."""
        self._file = file or DatabaseFile(path)
        self.worker = Worker(self._file, "footfall-sqlite-catalog")
        """Its connection also serves other small things of the store."""

    async def store_id(self) -> str:
        return await self.worker.run(jobs.store_id)

    async def version(self) -> int:
        return await self.worker.run(jobs.version)

    async def load(self) -> CatalogState:
        return await self.worker.run(partial(in_transaction, "DEFERRED", jobs.load))

    async def put_site(self, site: Site) -> None:
        while not await self._write(partial(jobs.put_site, site=site)):  # noqa: ASYNC110 - turns
            await asyncio.sleep(PAUSE_S)

    async def change_site(self, before: Site, after: Site) -> bool:
        return await self._write(partial(jobs.change_site, before=before, after=after))

    async def delete_site(self, site_id: str) -> bool:
        return await self._write(partial(jobs.delete_site, site_id=site_id))

    async def sweep(self) -> int:
        swept = await self.worker.run(jobs.sweep)
        self._file.has_traces |= swept > 0
        if not swept:
            await self._write(jobs.forget_swept)
        return swept

    async def put_goal(self, goal: Goal) -> None:
        await self._write(partial(jobs.put_goal, goal=goal))

    async def delete_goal(self, site_id: str, goal_id: str) -> bool:
        sql = "DELETE FROM goals WHERE site_id = ? AND id = ?"
        return await self._write(partial(jobs.delete, sql=sql, key=(site_id, goal_id)))

    async def put_token(self, token: Token) -> None:
        await self._write(partial(jobs.put_token, token=token))

    async def delete_token(self, token_id: str, *, keeps_admin: bool = False) -> bool:
        job = partial(jobs.delete_token, token_id=token_id, keeps_admin=keeps_admin)
        return await self._write(job)

    async def put_session(self, session: BrowserSession) -> None:
        await self._write(partial(jobs.put_session, session=session))

    async def delete_sessions(self, ids: Collection[str]) -> bool:
        return await self._write(partial(jobs.delete_sessions, ids=ids))

    async def salt(self, day: date) -> bytes:
        return await self.worker.run(partial(jobs.salt, day=day))

    async def delete_salts(self, before: date) -> None:
        sql = "DELETE FROM salts WHERE day < ?"
        if await self.worker.run(partial(jobs.delete, sql=sql, key=(before.isoformat(),))):
            self._file.has_traces = True

    async def close(self) -> None:
        await self.worker.close()

    async def _write(self, job: Callable[[sqlite3.Connection], T]) -> T:
        """Run a job in a transaction, and increment the version unless the job returns False."""
        return await self.worker.run(partial(in_transaction, "IMMEDIATE", partial(_bumping, job)))


def _bumping(job: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection) -> T:
    result = job(connection)
    if result is not False:
        connection.execute(BUMP)
    return result
