"""The processes of reports: what hangs, is killed, or is not wanted any more costs nobody else."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from footfall.errors import InvalidInput, Overloaded, StoreUnavailable
from footfall.history import reporter
from footfall.history.reporters import Reporters
from footfall.history.reports.asked import DocumentAsked, ExportAsked, TimeSpan
from footfall.principal import HOLDER, Principal
from footfall.times import DAY_MS
from tests.archiving import LIMITS, START, ArchivingServer, holds_now, view
from tests.callers import stranger
from tests.serving import until

STRANGER = stranger("203.0.113.1")
DAY = TimeSpan(START, START + DAY_MS)


class ReportingServer(ArchivingServer):
    """And those that make reports of the archive."""

    def __init__(self, folder: Path, report_seconds: float = 30.0) -> None:
        super().__init__(folder)
        limits = msgspec.structs.replace(LIMITS, report_seconds=report_seconds)
        self.reporters = Reporters(self.archivist, limits, self.clock)

    async def begin(self) -> None:
        """Returns when both processes run."""
        await self.take(view(1, START), view(2, START + 1000, visitor=2))
        await until(holds_now(self.has_told_all))
        await until(self._answers)
        await self.views(STRANGER)

    async def views(self, caller: Principal = HOLDER, limit: int = 20) -> int:
        asked = DocumentAsked(site="a", time_zone="UTC", span=DAY, interval="day", limit=limit)
        answer = await self.reporters.ask(asked, caller)
        views: int = msgspec.json.decode(answer.body)["pageViews"]
        return views

    def temporary(self) -> list[str]:
        """The files that are there for reports."""
        folder = self.folder / "footfall.history" / "temporary"
        return sorted(each.name for each in folder.rglob("export-*"))

    async def _answers(self) -> bool:
        try:
            await self.views()
        except StoreUnavailable:
            return False
        return True


@contextlib.asynccontextmanager
async def reporting(folder: Path, report_seconds: float = 30.0) -> AsyncIterator[ReportingServer]:
    server = ReportingServer(folder, report_seconds)
    async with server.running():
        try:
            await server.begin()
            yield server
        finally:
            await server.reporters.close()


@pytest.fixture
async def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ReportingServer]:
    monkeypatch.setattr(reporter, "GRACE_S", 0.05)
    async with reporting(tmp_path) as started:
        yield started


def hang(pid: int | None) -> None:
    """Every report in the process hangs from now on."""
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)


async def test_who_has_a_token_is_answered_while_strangers_reports_hang(
    server: ReportingServer,
) -> None:
    hang(server.reporters.of_strangers.pid)
    hanging = [asyncio.create_task(server.views(STRANGER, limit)) for limit in (1, 2, 3)]
    await asyncio.sleep(0)
    for _ in range(3):
        assert await server.views() == 2
    assert not any(each.done() for each in hanging)
    for each in hanging:
        each.cancel()
    await asyncio.gather(*hanging, return_exceptions=True)


async def test_a_killed_process_costs_its_own_reports_only(server: ReportingServer) -> None:
    """The one beside it is made again, in another process; the archive's goes on."""
    of_holders, archive = server.reporters.of_holders, server.archivist.pid
    pid = of_holders.pid
    hang(pid)
    hanging, other = (asyncio.create_task(server.views(limit=limit)) for limit in (1, 2))
    await until(holds_now(lambda: of_holders.running == 2))
    hanging.cancel()
    assert await other == 2
    assert of_holders.pid != pid
    assert of_holders.lost == 1
    assert server.archivist.pid == archive
    assert server.archivist.task.failures == 0


async def test_a_process_that_the_system_kills_is_replaced(server: ReportingServer) -> None:
    pid = server.reporters.of_holders.pid
    hang(pid)
    asked = asyncio.create_task(server.views())
    await until(holds_now(lambda: server.reporters.of_holders.running == 1))
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert await asked == 2


async def test_a_report_that_overruns_ends_with_its_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "GRACE_S", 0.05)
    async with reporting(tmp_path, report_seconds=1.0) as server:
        server.reporters.of_holders._limits = msgspec.structs.replace(LIMITS, report_seconds=0.05)
        hang(server.reporters.of_holders.pid)
        with pytest.raises(StoreUnavailable, match="took longer"):
            await server.views()
        server.reporters.of_holders._limits = LIMITS
        assert await server.views() == 2
        assert server.reporters.lost == {"holders": 1, "strangers": 0}


async def test_who_hangs_up_frees_the_place(server: ReportingServer) -> None:
    of_holders = server.reporters.of_holders
    hang(of_holders.pid)
    for limit in range(5):
        asked = asyncio.create_task(server.views(limit=limit + 1))
        await until(holds_now(lambda: of_holders.running == 1 or of_holders.pid is None))
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)
        assert of_holders.running == 0
    assert await server.views() == 2


async def test_those_who_wait_are_bounded(
    server: ReportingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "MAX_WAITING", 1)
    hang(server.reporters.of_holders.pid)
    asked = [asyncio.create_task(server.views(limit=limit)) for limit in (1, 2, 3)]
    await until(holds_now(lambda: server.reporters.of_holders.running == 2))
    with pytest.raises(Overloaded):
        await server.views(limit=4)
    for each in asked:
        each.cancel()
    await asyncio.gather(*asked, return_exceptions=True)


async def test_a_process_ends_when_nobody_asks(
    server: ReportingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporter, "IDLE_S", 0.0)
    pid = server.reporters.of_holders.pid
    assert pid is not None
    await server.views()
    await until(holds_now(lambda: server.reporters.of_holders.pid is None))
    await until(holds_now(lambda: not Path(f"/proc/{pid}").exists()))
    assert await server.views() == 2
    assert server.reporters.of_holders.lost == 0


async def test_a_report_outlives_the_archive_s_process(server: ReportingServer) -> None:
    before = await server.views()
    server.kill()
    await until(holds_now(lambda: server.archivist.task.failures == 1))
    await until(server._answers)
    assert await server.views() == before


async def test_an_unreadable_file_is_told_and_mended(server: ReportingServer) -> None:
    await server.pass_to(START + 2 * DAY_MS)
    assert await server.views() == 2
    path = server.folder / "footfall.history" / "site=a" / server.files()[0]
    good = path.read_bytes()
    path.write_bytes(good[:100])
    with pytest.raises(StoreUnavailable, match="the report failed") as failed:
        await server.views()
    assert str(path) not in failed.value.public
    path.write_bytes(good)
    assert await server.views() == 2


async def test_a_stranger_s_answer_has_so_many_bytes(server: ReportingServer) -> None:
    made = [view(10 + number, START + number) for number in range(10)]
    long = [msgspec.structs.replace(each, path="/" + 2000 * "x" + each.id) for each in made]
    await server.take(*long)
    await until(holds_now(server.has_told_all))
    await server.reporters.close()
    limits = server.reporters.of_strangers._limits
    server.reporters.of_strangers._limits = msgspec.structs.replace(limits, answer_bytes=10_000)
    server.reporters.forget("a")
    with pytest.raises(InvalidInput, match="fewer rows"):
        await server.views(STRANGER)
    assert await server.views(HOLDER) == 12


EXPORT = ExportAsked(site="a", span=DAY, format="csv")


async def test_an_export_leaves_nothing(server: ReportingServer) -> None:
    with await server.reporters.export(EXPORT) as file:
        assert not server.temporary()
        assert len(file.read().splitlines()) == 3


@pytest.mark.parametrize("how", ["hang-up", "kill", "archive killed", "stop"])
async def test_an_export_that_nobody_gets_leaves_nothing(server: ReportingServer, how: str) -> None:
    of_holders = server.reporters.of_holders
    pid = of_holders.pid
    assert pid is not None
    (folder,) = (server.folder / "footfall.history" / "temporary").glob("reports-holders-*")
    (folder / "export-0.csv").write_text("as if it had just been written")
    hang(pid)
    asked = asyncio.create_task(server.reporters.export(EXPORT))
    await until(holds_now(lambda: of_holders.running == 1))
    if how == "hang-up":
        asked.cancel()
    elif how == "kill":
        os.kill(pid, signal.SIGKILL)
    elif how == "archive killed":
        server.kill()
    else:
        await server.reporters.close()
    for file in await asyncio.gather(asked, return_exceptions=True):
        if not isinstance(file, BaseException):
            file.close()
    await until(holds_now(lambda: not server.temporary()))


async def test_an_export_that_comes_too_late_is_removed(server: ReportingServer) -> None:
    """It is there when the one who asked is not."""
    pid = server.reporters.of_holders.pid
    assert pid is not None
    hang(pid)
    asked = asyncio.create_task(server.reporters.export(EXPORT))
    await until(holds_now(lambda: server.reporters.of_holders.running == 1))
    asked.cancel()
    await asyncio.sleep(0)
    os.kill(pid, signal.SIGCONT)
    await asyncio.gather(asked, return_exceptions=True)
    assert not server.temporary()
