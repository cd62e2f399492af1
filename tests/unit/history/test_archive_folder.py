"""Starts of a server whose archive is not as it was: nothing is removed, the reason is told, and
all is back by itself."""

import asyncio
import fcntl
import os
import resource
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import msgspec
import pytest

from footfall.errors import StoreUnavailable
from footfall.eventlog.port import Cutoffs
from footfall.history.reports.question import Buckets, Question
from footfall.model import Site
from footfall.times import DAY_MS
from tests.archiving import LIMITS, START, ArchivingServer, holds_now, view
from tests.serving import ADMIN, bearer, new_app, running, until

OF_A = Question(site="a", buckets=Buckets((START, START + 3 * DAY_MS)))
OF_B = msgspec.structs.replace(OF_A, site="b")


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ArchivingServer]:
    """With two days of two sites in the archive, and not running."""
    async with ArchivingServer(tmp_path).running() as started:
        await started.take(*(view(number, START + number, number) for number in range(20)))
        await started.take(*(view(n, START + n, n, site="b") for n in range(100, 103)))
        started.clock.now = START + 2 * DAY_MS
        await until(holds_now(lambda: started.archivist.needs_since() == started.clock.now))
        assert len(started.files("a")) == len(started.files("b")) == 2
        await started.archivist.stop()
        yield started


def of(server: ArchivingServer) -> Path:
    return server.folder / "footfall.history"


def contents(folder: Path) -> dict[str, bytes]:
    """What archives consist of, wherever it is below the folder."""
    files = (path for path in folder.rglob("*") if path.suffix in (".parquet", ".json"))
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


async def is_told(server: ArchivingServer, words: str) -> None:
    await until(holds_now(lambda: words in (server.archivist.problem() or "")))


async def page_views(server: ArchivingServer, question: Question = OF_A) -> int:
    return (await server.ask(question)).counted.totals.page_views


@pytest.mark.parametrize("sites", [(), ("a", "b")])
async def test_another_store_gets_nothing_and_changes_nothing(
    server: ArchivingServer, sites: tuple[str, ...]
) -> None:
    """Sites: none after the database is gone, the same in another store."""
    before = contents(of(server))
    (server.folder / "other").mkdir()
    other = ArchivingServer(server.folder / "other", sites)
    of(other).symlink_to(of(server))
    async with other.running():
        await is_told(other, "of another store")
        with pytest.raises(StoreUnavailable, match="another store") as refused:
            await other.archivist.snapshot("a")
        assert str(server.folder) not in refused.value.public
        with pytest.raises(StoreUnavailable, match="another store"):
            other.archivist.where()
        assert other.archivist.needs_since() == 0
        assert other.archivist.task.failures == 0
    assert contents(of(server)) == before
    server.archivist.start()
    assert await page_views(server) == 20


async def test_who_means_it_gives_the_folder_to_another_store(server: ArchivingServer) -> None:
    (server.folder / "other").mkdir()
    other = ArchivingServer(server.folder / "other")
    of(other).symlink_to(of(server))
    async with other.running():
        await is_told(other, "store.json")
        (of(server) / "store.json").unlink()
        assert await page_views(other) == 20
        await until(holds_now(lambda: other.archivist.problem() is None))


async def test_a_folder_without_an_id_goes_to_a_store_that_knows_its_sites(
    server: ArchivingServer,
) -> None:
    (of(server) / "store.json").unlink()
    before, server.sites = contents(of(server)), ("new",)
    server.archivist.start()
    await is_told(server, "a, b, and this store knows no such site")
    assert contents(of(server)) == before
    server.sites = ("a", "b")
    assert await page_views(server) == 20


@pytest.mark.parametrize("manifest", [None, "site=b/manifest.json"])
async def test_a_missing_or_foreign_manifest_costs_no_file(
    server: ArchivingServer, manifest: str | None
) -> None:
    path = of(server) / "site=a" / "manifest.json"
    good, files = path.read_bytes(), server.files("a")
    if manifest is None:
        path.unlink()
    else:
        path.write_bytes((of(server) / manifest).read_bytes())
    server.archivist.start()
    await is_told(server, "put it back")
    assert server.files("a") == files
    assert await page_views(server, OF_B) == 3
    with pytest.raises(StoreUnavailable, match="manifest"):
        await server.archivist.snapshot("a")
    assert server.archivist.needs_since() == 0
    path.write_bytes(good)
    await until(holds_now(lambda: server.archivist.problem() is None))
    assert await page_views(server) == 20
    assert server.archivist.task.failures == 0
    assert server.files("a") == files


async def test_a_missing_file_is_named_until_it_is_back(server: ArchivingServer) -> None:
    folder, name = of(server) / "site=a", server.files("a")[0]
    (folder / name).rename(server.folder / name)
    (folder / "events-of-the-operator-1.parquet").write_bytes(b"x")
    server.archivist.start()
    await is_told(server, name)
    assert (folder / "events-of-the-operator-1.parquet").exists()
    (server.folder / name).rename(folder / name)
    await until(holds_now(lambda: server.archivist.problem() is None))
    assert await page_views(server) == 20


async def test_a_folder_that_can_t_be_written_is_told_in_one_line(
    server: ArchivingServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """A file is where the folder has to be: not even root can write into that."""
    of(server).rename(server.folder / "kept")
    of(server).write_bytes(b"")
    server.archivist.start()
    await is_told(server, "can't use its folder")
    pid = server.archivist.pid
    with pytest.raises(StoreUnavailable, match="can't use its folder") as refused:
        await server.archivist.snapshot("a")
    assert "exists" in refused.value.public
    of(server).unlink()
    (server.folder / "kept").rename(of(server))
    assert await page_views(server) == 20
    assert server.archivist.pid == pid
    assert server.archivist.task.failures == 0
    said = capfd.readouterr().err
    assert said.count("can't use its folder") == 1
    assert "Traceback" not in said


async def test_a_start_on_a_full_disk_waits_for_space(server: ArchivingServer) -> None:
    """No file can grow: the limit of a process stands for the disk."""
    before = contents(of(server))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        server.archivist.start()
        await until(holds_now(lambda: server.archivist.pid is not None))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    await is_told(server, "can't write into its folder")
    with pytest.raises(StoreUnavailable, match="can't write"):
        await server.archivist.snapshot("a")
    assert contents(of(server)) == before
    pid = server.archivist.pid
    assert pid is not None
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))
    assert await page_views(server) == 20
    assert server.archivist.pid == pid


async def test_who_waits_for_the_lock_says_so_and_goes_on(server: ArchivingServer) -> None:
    descriptor = os.open(of(server) / "lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    server.archivist.start()
    await is_told(server, "another process changes the archive")
    os.close(descriptor)
    assert await page_views(server) == 20
    await until(holds_now(lambda: server.archivist.problem() is None))


async def test_who_waits_for_the_lock_ends_with_its_server(server: ArchivingServer) -> None:
    descriptor = os.open(of(server) / "lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    own, its = socket.socketpair()
    limits = msgspec.json.encode(LIMITS).decode()
    command = (sys.executable, "-m", "footfall.history.archive")
    with its:
        process = await asyncio.create_subprocess_exec(
            *command, str(its.fileno()), str(of(server)), limits, pass_fds=(its.fileno(),)
        )
    own.close()
    assert await process.wait() == 0
    os.close(descriptor)


async def test_a_removed_site_with_a_bad_manifest_does_not_keep_the_log(
    server: ArchivingServer,
) -> None:
    (of(server) / "site=a" / "manifest.json").write_bytes(b"{")
    server.archivist.start()
    await is_told(server, "can't be read")
    assert server.archivist.needs_since() == 0
    server.sites = ("b",)
    server.archivist.site_removed("a")
    await until(holds_now(lambda: server.archivist.needs_since() > START))
    assert server.archivist.problem() is None
    assert not (of(server) / "site=a").exists()


async def test_a_site_that_was_removed_while_no_process_ran_begins_empty(
    server: ArchivingServer,
) -> None:
    server.archivist.site_removed("a")
    log, now = server.store.event_log, server.clock.now
    await log.prune(Cutoffs(events=now, signals=now, links=now))
    await log.append([view(500, now + 1000)])
    server.archivist.start()
    assert await page_views(server) == 1
    assert await page_views(server, OF_B) == 3


async def test_an_unknown_site_s_archive_is_moved_aside_and_can_be_put_back(
    server: ArchivingServer,
) -> None:
    server.sites = ("b",)
    server.archivist.start()
    assert await page_views(server, OF_B) == 3
    (aside,) = of(server).glob("removed/*/site=a")
    assert aside.parent.name == "2026-01-17"
    assert len(list(aside.glob("*.parquet"))) == 2
    await server.archivist.stop()
    server.sites = ("a", "b")
    aside.rename(of(server) / "site=a")
    server.archivist.start()
    assert await page_views(server) == 20


async def test_readyz_and_reports_say_why(tmp_path: Path) -> None:
    folder = tmp_path / "test.history"
    folder.write_bytes(b"")
    app = new_app(store=f"sqlite:///{tmp_path}/test.db", history=True, admin_token=ADMIN)
    transport = httpx.ASGITransport(app=app)
    async with (
        running(app),
        httpx.AsyncClient(
            transport=transport, base_url="http://test", headers=bearer(ADMIN)
        ) as client,
    ):
        await app.services.catalog.put_site(Site(id="a", name="A"))

        async def history() -> str:
            answer = await client.get("/readyz")
            assert answer.status_code == 200
            told: str = answer.json().get("history", "")
            return told

        async def is_told() -> bool:
            return "can't use its folder" in await history()

        async def is_well() -> bool:
            return await history() == ""

        async def is_answered() -> bool:
            return (await client.get("/api/analytics/sites/a/stats")).status_code == 200

        await until(is_told)
        refused = await client.get("/api/analytics/sites/a/stats")
        assert refused.status_code == 503
        assert "can't use its folder (File exists)" in refused.json()["error"]
        folder.unlink()
        await until(is_answered)
        await until(is_well)
