"""Starts of a server whose archive is not as it was, on file systems that are really full or
read-only: no event and no file is lost, ``/readyz`` says what is wrong, and all is back by itself.

It mounts file systems in memory, which takes root.
"""

import asyncio
import hashlib
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from benchmarks import servers
from benchmarks.figures import Figure, record
from footfall.cli.archives import problems
from footfall.engines.open import open_store
from footfall.times import DAY_MS
from tests.archiving import view

SITE, OTHER = "a", "b"
EVENTS, DAYS = 5_000, 20
FLAGS = (*servers.UNLIMITED, "--raw-days", "3650")
HEADERS = {"Authorization": f"Bearer {servers.ADMIN}"}
PATIENCE_S = 120
LOOK_S = 12.0
"""Longer than between two looks of a server at its archive."""
SIZE = "64m"


class Place(NamedTuple):
    """A store, and its archive in a file system of its own."""

    store: str
    database: Path
    archive: Path

    @property
    def manifest(self) -> Path:
        return self.archive / f"site={SITE}" / "manifest.json"


Fault = Callable[[Place], Callable[[], None]]
"""Makes something wrong; what it returns makes it right again."""


def a_lost_database(place: Place) -> Callable[[], None]:
    kept = place.database.with_suffix(".kept")
    place.database.rename(kept)
    servers.command("site", "add", SITE, "--store", place.store)

    def mend() -> None:
        for path in place.database.parent.glob(place.database.name + "*"):
            path.unlink()
        kept.rename(place.database)

    return mend


def a_lost_manifest(place: Place) -> Callable[[], None]:
    good = place.manifest.read_bytes()
    place.manifest.unlink()
    return lambda: put(place.manifest, good)


def a_foreign_manifest(place: Place) -> Callable[[], None]:
    good = place.manifest.read_bytes()
    place.manifest.write_bytes((place.archive / f"site={OTHER}/manifest.json").read_bytes())
    return lambda: put(place.manifest, good)


def a_full_disk(place: Place) -> Callable[[], None]:
    filler = place.archive / "filler"
    with suppress(OSError), filler.open("wb") as file:
        while True:
            os.write(file.fileno(), bytes(4096))
    return filler.unlink


def a_read_only_disk(place: Place) -> Callable[[], None]:
    remount(place.archive, "ro")
    return lambda: remount(place.archive, "rw")


FAULTS: tuple[Fault, ...] = (
    a_lost_database,
    a_lost_manifest,
    a_foreign_manifest,
    a_full_disk,
    a_read_only_disk,
)
NEEDS_A_RESTART = (a_lost_database,)
"""The server has the other store open."""


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def remount(path: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(path)], check=True)


@contextmanager
def mounted(path: Path) -> Iterator[None]:
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(path)], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


async def fill(store: str) -> None:
    """Twenty days, which ended long ago."""
    begin = (time.time_ns() // 1_000_000 // DAY_MS - 2 * DAYS) * DAY_MS
    step = DAYS * DAY_MS // EVENTS
    opened = open_store(store)
    for site, every in ((SITE, 1), (OTHER, 3)):
        numbers = range(0, EVENTS, every)
        events = [view(each, begin + each * step, each % 50, site=site) for each in numbers]
        await opened.event_log.append(events)
    await opened.close()


def files(place: Place) -> dict[str, str]:
    """What the archive consists of: a digest of each file, by its path."""
    found = (path for path in place.archive.rglob("*") if path.suffix in (".parquet", ".json"))
    return {
        str(path.relative_to(place.archive)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
    }


def is_still(place: Place) -> bool:
    """Whether nothing is archived or merged any more."""
    before = files(place)
    time.sleep(LOOK_S)
    return files(place) == before


def page_views(server: servers.Server) -> int | None:
    """Of the first site; None while it can't be told."""
    answer = httpx.get(
        f"{server.url}/api/analytics/sites/{SITE}/stats",
        params={"period": "all"},
        headers=HEADERS,
        timeout=60,
    )
    return int(answer.json()["pageViews"]) if answer.is_success else None


def problem(server: servers.Server) -> str:
    answer = httpx.get(f"{server.url}/readyz", headers=HEADERS).raise_for_status()
    return str(answer.json().get("history", ""))


def wait(condition: Callable[[], bool]) -> float:
    """Seconds until it holds. Raises TimeoutError."""
    begin = time.monotonic()
    while not condition():
        if time.monotonic() > begin + PATIENCE_S:
            raise TimeoutError(f"{condition} does not hold after {PATIENCE_S} s")
        time.sleep(0.2)
    return time.monotonic() - begin


class Start(msgspec.Struct):
    """What one start with a fault did."""

    said: str = ""
    """By ``/readyz``."""
    files_lost: int = 0
    events_lost: int = 0
    back_after_s: float = 0.0


def start(place: Place, fault: Fault) -> Start:
    mend, found = fault(place), Start()
    faulty = files(place)
    with servers.serve(place.store, {}, FLAGS) as server:
        wait(lambda: bool(problem(server)))
        found.said = problem(server).replace(str(place.archive), place.archive.name)
        time.sleep(2)
        found.files_lost = len(faulty.items() - files(place).items())
        if fault not in NEEDS_A_RESTART:
            mend()
            found.back_after_s = wait(
                lambda: page_views(server) is not None and not problem(server)
            )
            found.events_lost = EVENTS - (page_views(server) or 0)
    if fault in NEEDS_A_RESTART:
        mend()
        with servers.serve(place.store, {}, FLAGS) as server:
            found.back_after_s = wait(lambda: page_views(server) is not None)
            found.events_lost = EVENTS - (page_views(server) or 0)
    found.files_lost += len(problems(place.archive))
    return found


def measure() -> list[Figure]:
    starts: dict[str, Start] = {}
    with servers.disk_folder() as scratch, mounted(scratch / "bench.history"):
        place = Place(
            f"sqlite:///{scratch}/bench.db", scratch / "bench.db", scratch / "bench.history"
        )
        for site in (SITE, OTHER):
            servers.command("site", "add", site, "--store", place.store)
        asyncio.run(fill(place.store))
        with servers.serve(place.store, {}, FLAGS) as server:
            wait(lambda: page_views(server) == EVENTS and len(files(place)) > 4)
            wait(lambda: is_still(place))
        for fault in FAULTS:
            starts[fault.__name__] = start(place, fault)
    details: dict[str, Any] = msgspec.to_builtins(starts)
    lost = {
        "files": sum(each.files_lost for each in starts.values()),
        "events": sum(each.events_lost for each in starts.values()),
    }
    return [
        Figure(
            name=f"{what} lost in {len(starts)} faulty starts of the archive",
            value=number,
            unit=what,
            bar=0,
            sense="at most",
            details=details,
        )
        for what, number in lost.items()
    ]


if __name__ == "__main__":
    record("archive_starts", measure())
