"""``footfall serve`` on a store that it can't use: one line on stderr, exit code 1."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from footfall.clock import now_ms
from footfall.engines.open import open_store
from footfall.model import Site
from tests.events import event

PATIENCE_S = 30
PAGE = 4096


def damage_events(path: Path) -> None:
    """The catalog stays whole: only the replay meets it."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'events_by_time'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(os.urandom(PAGE))


def damage_catalog(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'catalog'"
        ).fetchone()
    with path.open("r+b") as file:
        file.seek((root - 1) * PAGE)
        file.write(os.urandom(PAGE))


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def no_database(path: Path) -> None:
    path.write_bytes(b"not a database " * 1_000)


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


@pytest.mark.parametrize(
    ("harm", "text"),
    [
        (damage_events, "damaged: restore a backup"),
        (damage_catalog, "damaged: restore a backup"),
        (cut, "damaged: restore a backup"),
        (no_database, "no SQLite database"),
        (newer, "written by a newer Footfall"),
    ],
)
async def test_it_says_what_is_wrong_in_one_line(
    tmp_path: Path, harm: Callable[[Path], None], text: str
) -> None:
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    await store.catalog.put_site(Site(id="a", name="A"))
    await store.event_log.append([event(now_ms() - n) for n in range(1_000)])
    await store.close()
    harm(path)
    code, errors = started(path)
    assert code == 1
    assert errors.startswith("Error: ")
    assert text in errors
    assert str(path) in errors
    assert errors.count("\n") == 1


def started(path: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "footfall", "serve", "--port", "0"]
    own = {"FOOTFALL_STORE": f"sqlite:///{path}", "FOOTFALL_ADMIN_TOKEN": "a" * 32}
    ended = subprocess.run(
        command,
        env={**os.environ, **own},
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    return ended.returncode, ended.stderr
