"""Imports over HTTP, as they arrive: slowly, too large, for several sites at once."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import pytest

from footfall.errors import AlreadyExists, InvalidInput, Overloaded, StoreUnavailable, TooLarge
from footfall.history import importer as history_importer
from footfall.history import upload
from footfall.history.archive.incoming import waiting
from footfall.history.importer import (
    MAX_UPLOADS,
    Imported,
    Importer,
    ImportTask,
    _understood,
)
from footfall.history.limits import ArchiveLimits
from footfall.imports.__main__ import main
from tests.ingesting import CHROME, NOW, rules, wire
from tests.serving import until

LIMITS = ArchiveLimits(retention_ms=1_800_000)
END = b'{"to":100}'


def event(site: str = "a", **fields: Any) -> bytes:
    known = {"s": site, "ts": NOW - 86_400_000, "ip": "203.0.113.7", "ua": CHROME}
    return msgspec.json.encode(wire(**{**known, **fields})) + b"\n"


async def body(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def importer(folder: Path, max_bytes: int = 1 << 20) -> Importer:
    return Importer(lambda: folder, LIMITS, "", max_bytes, lambda: None)


async def take(
    into: Importer, *parts: bytes, site: str = "a", source: str = "log", begin: int = 0
) -> Imported:
    return await into.take(rules(id=site), source, begin, lambda: NOW, body(*parts))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Imports are read in a thread: processes take long to start."""

    async def run(task: ImportTask, events: BinaryIO) -> Imported:
        return _understood(await asyncio.to_thread(_read, task, events))

    def _read(task: ImportTask, events: BinaryIO) -> bytes:
        return msgspec.json.encode(main(task, events))

    monkeypatch.setattr(history_importer, "_run", run)


class Slow(NamedTuple):
    """A body that stops after its first event, until it may go on."""

    begun: asyncio.Event
    go_on: asyncio.Event
    site: str

    async def body(self) -> AsyncIterator[bytes]:
        yield event(self.site)
        self.begun.set()
        await self.go_on.wait()
        yield event(self.site, u="https://example.com/second")
        yield END


def slow(site: str) -> Slow:
    return Slow(asyncio.Event(), asyncio.Event(), site)


@pytest.mark.usefixtures("here")
async def test_whoever_sends_slowly_holds_up_nobody_else(tmp_path: Path) -> None:
    into, late = importer(tmp_path), slow("a")
    upload = asyncio.create_task(into.take(rules(), "log", 0, lambda: NOW, late.body()))
    await late.begun.wait()
    assert (await take(into, event("b"), END, site="b")).events == 1
    with pytest.raises(Overloaded, match="of this site"):
        await take(into, event(), END, source="other")
    late.go_on.set()
    assert (await upload).events == 2
    assert (await take(into, event(), END, source="other")).events == 1


@pytest.mark.usefixtures("here")
async def test_so_many_arrive_at_once(tmp_path: Path) -> None:
    into = importer(tmp_path)
    late = [slow(f"site-{number}") for number in range(MAX_UPLOADS)]
    uploads = [
        asyncio.create_task(into.take(rules(id=each.site), "log", 0, lambda: NOW, each.body()))
        for each in late
    ]
    for each in late:
        await each.begun.wait()
    with pytest.raises(Overloaded, match="too many"):
        await take(into, event(), END)
    for task in uploads:
        task.cancel()
    await asyncio.gather(*uploads, return_exceptions=True)
    assert (await take(into, event(), END)).events == 1


@pytest.mark.usefixtures("here")
async def test_the_same_log_of_two_sites_is_two(tmp_path: Path) -> None:
    """Before the archive's process has taken the first one in, too."""
    into = importer(tmp_path)
    for site in ("a", "b"):
        known = await into.known(site, "log")
        assert known is not None
        assert known.to == 0
        assert (await take(into, event(site), END, site=site)).events == 1
    assert [wanted.site for _, wanted in waiting(tmp_path)] == ["a", "b"]


@pytest.mark.usefixtures("here")
async def test_a_stretch_counts_once_and_its_marks_are_told(tmp_path: Path) -> None:
    into = importer(tmp_path)
    end = b'{"to":100,"marks":{"100":"4bbda1d9"}}'
    assert (await take(into, event(), end)).events == 1
    with pytest.raises(AlreadyExists, match="up to 100"):
        await take(into, event(), end)
    known = await into.known("a", "log")
    assert known is not None
    assert known.marks == {"100": "4bbda1d9"}
    await take(into, b'{"to":200,"marks":{"200":"abc"}}', begin=100)
    known = await into.known("a", "log")
    assert known is not None
    assert (known.to, known.marks) == (200, {"200": "abc"})


@pytest.mark.usefixtures("here")
async def test_what_is_too_large_leaves_nothing(tmp_path: Path) -> None:
    into = importer(tmp_path, max_bytes=1_000)
    with pytest.raises(TooLarge, match="at most 1000 bytes"):
        await take(into, event(), b" " * 1_000, END)
    assert os.listdir(tmp_path) == []  # noqa: PTH208
    assert (await take(into, event(), END)).events == 1


@pytest.mark.usefixtures("here")
async def test_a_disk_that_is_nearly_full_is_left_to_what_happens_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    into = importer(tmp_path)
    monkeypatch.setattr(upload, "LOOK_EVERY", 10)
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=upload.KEPT_FREE - 1))
    with pytest.raises(StoreUnavailable, match="make room") as told:
        await take(into, event(), END)
    assert str(tmp_path) not in told.value.public


@pytest.mark.usefixtures("here")
async def test_a_line_that_makes_no_sense_is_named_and_nothing_is_taken(tmp_path: Path) -> None:
    into = importer(tmp_path)
    with pytest.raises(InvalidInput, match="line 2: ts is not a time"):
        await take(into, event(), event(ts=-62_167_219_200_000), END)
    assert list(waiting(tmp_path)) == []
    assert (await take(into, event(ts=0), END)).events == 1


async def test_the_process_ends_with_who_wanted_it(tmp_path: Path) -> None:
    """As when a server is killed in the midst of an import: another one may write its files."""
    into = importer(tmp_path)
    many = b"".join(event(u=f"https://example.com/{number}") for number in range(2_000))
    taking = asyncio.create_task(take(into, many, END))

    async def has_begun() -> bool:
        return any(tmp_path.glob("incoming/*/*.tmp"))  # noqa: ASYNC240

    await until(has_begun)
    taking.cancel()
    await asyncio.gather(taking, return_exceptions=True)
    assert not await has_begun(), "nothing of it is left"
    assert list(waiting(tmp_path)) == []
    assert (await take(into, many, END)).events == 2_000
