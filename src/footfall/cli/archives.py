"""The archive, as commands find it."""

import asyncio
import tempfile
from pathlib import Path

import duckdb

from footfall.app import archive_limits
from footfall.catalog.port import Catalog, CatalogState
from footfall.cli.catalog import with_catalog
from footfall.engines.open import open_store
from footfall.errors import InvalidInput, NotFound, StoreUnavailable
from footfall.history.archive import aside, incoming
from footfall.history.archive import manifest as manifests
from footfall.history.archive.database import open_database
from footfall.history.archive.identity import claim
from footfall.history.archive.locking import try_lock
from footfall.history.archive.problems import told
from footfall.history.archive.rebuild import forget
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import archive_folder, site_folder, site_folders
from footfall.model import SiteRules
from footfall.settings import Settings


def archive_of(settings: Settings) -> Path:
    """Raises InvalidInput for a store that keeps none."""
    folder = archive_folder(settings.store, settings.history_folder)
    if folder is None:
        raise InvalidInput(
            "a store in memory keeps its archive for itself: use a persistent store, like "
            "sqlite:///footfall.db",
            field="store",
        )
    return folder


def own_archive(settings: Settings) -> Path:
    """The same, of this store for certain. Raises StoreUnavailable for the archive of another."""
    folder = archive_of(settings)

    async def read(catalog: Catalog) -> tuple[str, CatalogState]:
        return await catalog.store_id(), await catalog.load()

    store, state = with_catalog(settings.store, read)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        claim(folder, store, {each.id for each in state.sites} | {*state.removed})
    except OSError as error:
        raise told(error, "use its folder") from error
    return folder


def remove_archive(settings: Settings, site_id: str) -> None:
    """Of a site that was removed; a server that runs does it by itself. Raises StoreUnavailable."""
    folder = archive_folder(settings.store, settings.history_folder)
    if folder is None or not site_folder(folder, site_id).exists():
        return
    own_archive(settings)
    with try_lock(folder) as is_held:
        if is_held:
            aside.remove(folder, site_id)


def site_rules(settings: Settings, site_id: str) -> SiteRules:
    """Raises NotFound."""
    state = with_catalog(settings.store, lambda catalog: catalog.load())
    site = next((each for each in state.sites if each.id == site_id), None)
    if site is None:
        raise NotFound(f"there is no site {site_id!r}: see `footfall site list`")
    return SiteRules(site, tuple(each for each in state.goals if each.site_id == site_id))


def take_in_now(folder: Path) -> bool:
    """Take in what was prepared, unless a server runs, which does it by itself."""
    with try_lock(folder) as is_held:
        if is_held:
            for source, wanted in incoming.waiting(folder):
                archive = SiteArchive(site_folder(folder, wanted.site), wanted.site)
                incoming.take_in(source, archive, wanted.digest)
        return is_held


def problems(folder: Path) -> list[str]:
    """What is wrong with the files of all archives. Raises StoreUnavailable for a manifest that
    can't be used."""
    found = []
    with duckdb.connect() as database:
        for of_site in site_folders(folder).values():
            for file in manifests.read(of_site).files:
                path = of_site / file.name
                try:
                    rows = database.execute(
                        "SELECT count(*) FROM read_parquet(?)", [str(path)]
                    ).fetchone()
                    database.execute(
                        "SELECT max(COLUMNS(*)) FROM read_parquet(?)", [str(path)]
                    ).fetchall()
                except duckdb.Error as error:
                    found.append(f"{path}: {str(error).splitlines()[0]}")
                else:
                    if rows != (file.rows,):
                        found.append(f"{path}: it has {rows} rows, not {file.rows}")
    return found


def log_begins(store: str, site_id: str) -> int | None:
    """The time (ms) of a site's oldest event in the log. Raises StoreUnavailable."""

    async def first() -> int | None:
        opened = open_store(store)
        try:
            tail = await opened.event_log.tail()
            async for events in opened.event_log.replay(site_id, 0, tail.start):
                return events[0].time
            return None
        finally:
            await opened.close()

    return asyncio.run(first())


def forget_since(settings: Settings, folder: Path, site_id: str, cut: int) -> None:
    """See ``rebuild.forget``. Raises StoreUnavailable while a server runs, and when a file that is
    cut can't be read."""
    archive = SiteArchive(site_folder(folder, site_id), site_id)
    with (
        try_lock(folder) as is_held,
        tempfile.TemporaryDirectory("-footfall") as temporary,
        open_database(Path(temporary), archive_limits(settings)) as database,
    ):
        if not is_held:
            raise StoreUnavailable("a server keeps this archive: stop it first")
        try:
            forget(archive, database, cut)
        except duckdb.Error as error:
            raise StoreUnavailable(
                f"a file of the archive can't be read ({error}): restore it from a backup, or "
                "remove the folder of the site to make all of it anew"
            ) from error
        for path in archive.replaced:
            path.unlink(missing_ok=True)
