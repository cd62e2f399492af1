"""Faults of the disk and of the machine under a running server: rows of ``docs/reliability.md``.

The machine's faults are real ones: limits of the process, locks of another program, removed files.
"""

import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.e2e.processes import Footfall, until
from tests.e2e.senders import (
    ADMIN,
    BROWSER,
    Sender,
    acknowledged,
    add_site,
    page_view,
    start_senders,
    stored_ids,
)

OWNER = {"Authorization": f"Bearer {ADMIN}"}
PATIENCE_S = 20
STOPPING = 3
"""Seconds that the docs promise."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "footfall.db"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """What the server writes to stderr."""
    return tmp_path / "log"


@pytest.fixture
def timeout() -> str:
    """Seconds that a request waits for the store."""
    return "1"


@pytest.fixture
def server(database: Path, log: Path, timeout: str) -> Iterator[Footfall]:
    """On an empty store, with a site."""
    database.parent.mkdir()
    settings = {
        "FOOTFALL_STORE": f"sqlite:///{database}",
        "FOOTFALL_ADMIN_TOKEN": ADMIN,
        "FOOTFALL_RATE_LIMIT": "0",
        "FOOTFALL_STORE_TIMEOUT_SECONDS": timeout,
    }
    server = Footfall("serve", environ=settings, log=log)
    server.start()
    add_site(server)
    yield server
    if server.is_running():
        server.kill()


def post(server: Footfall, event_id: str) -> httpx.Response:
    url = f"{server.url}/collect"
    return httpx.post(url, json=page_view(event_id), headers=BROWSER, timeout=PATIENCE_S)


def readiness(server: Footfall) -> httpx.Response:
    return httpx.get(f"{server.url}/readyz", headers=OWNER, timeout=PATIENCE_S)


def is_ready(server: Footfall) -> bool:
    return readiness(server).status_code == 200


def waiting_events(server: Footfall) -> int:
    metrics = httpx.get(f"{server.url}/metrics", headers=OWNER)
    found = re.search(r"^footfall_writer_queued_events (\S+)$", metrics.text, re.M)
    assert found is not None
    return int(float(found[1]))


def new_site(server: Footfall, site_id: str) -> httpx.Response:
    return httpx.post(
        f"{server.url}/api/analytics/sites",
        headers=OWNER,
        json={"id": site_id, "name": "Other"},
        timeout=PATIENCE_S,
    )


def sockets(server: Footfall) -> set[str]:
    """Those that the server has open, each with a name that is never used again."""
    names = set()
    for each in Path(f"/proc/{server.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # it was closed meanwhile
            names.add(os.readlink(each))  # noqa: PTH115
    return {name for name in names if name.startswith("socket:")}


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program writes and does not end. An endless fsync looks the same from the server."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def limited(server: Footfall, kind: int, most: int) -> Iterator[None]:
    """Lower one of the limits of the running process."""
    before = resource.prlimit(server.pid, kind)
    resource.prlimit(server.pid, kind, (most, before[1]))
    yield
    if server.is_running():
        resource.prlimit(server.pid, kind, before)


def check_recovery(server: Footfall, database: Path, log: Path) -> None:
    """What every disk that works again must lead to, without a restart."""
    until(lambda: is_ready(server))  # although nobody sends anything
    assert post(server, "after").status_code == 204
    text = log.read_text()
    assert (text.count("store.failed"), text.count("store.recovered")) == (1, 1)
    assert "Traceback" not in text
    assert {"before", "after"} <= set(stored_ids(database))


def test_a_full_disk_is_answered_with_503_until_there_is_space(
    server: Footfall, database: Path, log: Path
) -> None:
    assert post(server, "before").status_code == 204
    wal = database.with_name(database.name + "-wal")
    with limited(server, resource.RLIMIT_FSIZE, wal.stat().st_size):
        for number in range(3):
            answer = post(server, f"refused-{number}")
            assert answer.status_code == 503
            assert answer.headers["retry-after"]
            assert str(database.parent) not in answer.text
        answer = readiness(server)
        assert answer.status_code == 503
        assert "the last commit failed" in answer.json()["error"]
        assert httpx.get(f"{server.url}/healthz").status_code == 200
    check_recovery(server, database, log)


def test_a_lock_of_another_program_is_waited_for_no_longer_than_the_setting(
    server: Footfall, database: Path, log: Path
) -> None:
    assert post(server, "before").status_code == 204
    with locked(database):
        began = time.monotonic()
        answer = post(server, "waits")
        assert (answer.status_code, time.monotonic() - began < 3) == (503, True)
        assert readiness(server).status_code == 503
    check_recovery(server, database, log)


@pytest.mark.parametrize("timeout", ["600"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_commit_without_end_does_not_hold_up_the_stop(
    database: Path, log: Path, server: Footfall, number: int
) -> None:
    senders = start_senders(server, 4)
    with locked(database):
        until(lambda: waiting_events(server) == len(senders))
        quiet = sockets(server)
        with ThreadPoolExecutor() as pool:
            other = pool.submit(new_site, server, "other")
            until(lambda: not sockets(server) <= quiet)
            code, took = server.signal(number)
        assert (code, took < STOPPING) == (0, True)
    kept = acknowledged(senders)
    assert {sender.answers[-1] for sender in senders} == {503}
    assert other.result().status_code == 503
    assert "shutting down" in other.result().json()["error"]
    text = log.read_text()
    assert "writer.gave_up" in text
    assert "store.stuck" in text
    assert "Traceback" not in text
    assert set(kept) <= set(stored_ids(database))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_under_load_ends_it_in_time_and_loses_nothing_acknowledged(
    server: Footfall, database: Path, log: Path, number: int
) -> None:
    senders = start_senders(server, 8)
    code, took = server.signal(number)
    assert (code, took < STOPPING) == (0, True)
    assert set(acknowledged(senders)) <= set(stored_ids(database))
    assert "Traceback" not in log.read_text()


def test_a_removed_file_is_noticed_within_a_second_and_no_event_is_acknowledged(
    server: Footfall, database: Path, log: Path
) -> None:
    assert post(server, "before").status_code == 204
    away = database.with_name("away.db")
    database.rename(away)
    until(lambda: not is_ready(server), seconds=1)
    answer = post(server, "refused")
    assert answer.status_code == 503
    assert str(database.parent) not in answer.text
    assert not database.exists()
    until(lambda: "store.file_lost" in log.read_text(), seconds=1)
    away.rename(database)
    check_recovery(server, database, log)


def test_without_free_descriptors_it_goes_on_and_takes_connections_again_later(
    server: Footfall, database: Path
) -> None:
    with httpx.Client(base_url=server.url, headers=BROWSER, timeout=PATIENCE_S) as kept:
        assert kept.post("/collect", json=page_view("before")).status_code == 204
        open_now = len(os.listdir(f"/proc/{server.pid}/fd"))  # noqa: PTH208
        with limited(server, resource.RLIMIT_NOFILE, open_now):
            with pytest.raises(httpx.TransportError):
                httpx.get(f"{server.url}/healthz", timeout=0.5)
            assert kept.post("/collect", json=page_view("during")).status_code == 204
        until(lambda: is_ready(server))
        assert post(server, "after").status_code == 204
    assert set(stored_ids(database)) == {"before", "during", "after"}


def test_at_its_memory_limit_it_loses_nothing_acknowledged(
    server: Footfall, database: Path
) -> None:
    """Linux refuses it any more memory: requests may fail, or the process may end."""
    assert post(server, "before").status_code == 204
    pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[0])
    with limited(server, resource.RLIMIT_AS, pages * resource.getpagesize()):
        senders = [Sender(server.url, f"s-{number}") for number in range(4)]
        for sender in senders:
            sender.start()
        until(lambda: all(len(each.answers) > 50 or not each.is_alive() for each in senders))
        for sender in senders:
            sender.end()
    if server.is_running():
        until(lambda: is_ready(server))
        assert post(server, "after").status_code == 204
        server.kill()
    kept = acknowledged(senders)
    assert {"before", *kept} <= set(stored_ids(database))


@pytest.fixture
def busy_cores() -> Iterator[None]:
    """Two processes for each core that do nothing but count."""
    command = [sys.executable, "-c", "while True: pass"]
    others = [subprocess.Popen(command) for _ in range(2 * (os.cpu_count() or 1))]
    yield
    for other in others:
        other.kill()
        other.wait()


def test_starved_of_its_cores_it_is_slower_but_exact(
    server: Footfall, database: Path, busy_cores: None
) -> None:
    senders = start_senders(server, 4)
    until(lambda: all(len(sender.answers) >= 20 for sender in senders))
    for sender in senders:
        sender.end()
    kept = acknowledged(senders)
    document = httpx.get(f"{server.url}/sites/shop/realtime?minutes=30", timeout=PATIENCE_S).json()
    assert document["pageViews"] == len(kept)
    assert sorted(stored_ids(database)) == sorted(kept)
