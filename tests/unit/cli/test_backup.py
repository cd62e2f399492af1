"""``footfall backup``, ``restore`` and ``check``."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from footfall.catalog.port import Catalog
from footfall.catalog.tokens import new_secret, new_token
from footfall.cli.main import main
from footfall.engines.open import open_store
from footfall.model import Event, Goal, Site
from tests.events import event, stored


class Shell:
    """Runs commands on one store."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "data" / "store.db"
        self.path.parent.mkdir()
        self.copy = folder / "copy.db"
        self.url = f"sqlite:///{self.path}"

    def __call__(self, *arguments: str) -> Result:
        environment = {"FOOTFALL_STORE": self.url, "COLUMNS": "200"}
        return CliRunner(env=environment).invoke(main, arguments)

    def events(self) -> list[Event]:
        return asyncio.run(self._events())

    def fill(self, *events: Event) -> None:
        asyncio.run(self._fill(events))

    async def _fill(self, events: tuple[Event, ...]) -> None:
        store = open_store(self.url)
        if not (await store.catalog.load()).sites:
            await self._prepare(store.catalog)
        await store.event_log.append(events)
        await store.close()

    async def _prepare(self, catalog: Catalog) -> None:
        await catalog.put_site(Site(id="a", name="A"))
        await catalog.put_goal(Goal(site_id="a", id="g", name="G", kind="path", value="/x"))
        await catalog.put_token(new_token(new_secret(), "read", "a", created=1, name="t"))

    async def _events(self) -> list[Event]:
        store = open_store(self.url)
        try:
            return await stored(store.event_log)
        finally:
            await store.close()


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def fails(result: Result, code: int, part: str) -> None:
    assert result.exit_code == code, result.output
    assert part in result.stderr
    assert "Traceback" not in result.output


async def test_a_backup_under_load_ends_and_has_everything_acknowledged_before_it(
    shell: Shell,
) -> None:
    store = open_store(shell.url)
    await store.catalog.put_site(Site(id="a", name="A"))
    numbers = iter(range(1_000_000))
    acknowledged = []
    is_over = False

    async def send() -> None:
        while not is_over:
            sent = event(next(numbers), title="x" * 500)
            await store.event_log.append([sent])
            acknowledged.append(sent)

    sending = asyncio.create_task(send())
    while len(acknowledged) < 100:  # noqa: ASYNC110 - only yields to the sender
        await asyncio.sleep(0)
    before = len(acknowledged)
    result = await asyncio.to_thread(shell, "backup", str(shell.copy))
    assert result.exit_code == 0, result.output
    is_over = True
    await sending
    assert len(acknowledged) > before  # the server was not held up
    await store.close()
    copied = open_store(f"sqlite:///{shell.copy}")
    found = await stored(copied.event_log)
    await copied.close()
    assert found[:before] == acknowledged[:before]
    assert found == acknowledged[: len(found)]


def test_a_copy_is_for_its_user_only_and_needs_no_other_file(shell: Shell) -> None:
    shell.fill(event(1))
    assert shell("backup", str(shell.copy)).exit_code == 0
    assert mode(shell.copy) == 0o600
    assert [each.name for each in shell.copy.parent.iterdir() if each.is_file()] == ["copy.db"]


def test_a_backup_takes_what_a_killed_server_left_in_its_log(shell: Shell, tmp_path: Path) -> None:
    shell.fill(event(1))
    with closing(sqlite3.connect(shell.path)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute(
            'INSERT INTO sites (id, body) VALUES (\'late\', \'{"id":"late","name":"L"}\')'
        )
        connection.commit()
        killed = tmp_path / "killed.db"
        for suffix in ("", "-wal"):
            source = shell.path.with_name(shell.path.name + suffix)
            killed.with_name(killed.name + suffix).write_bytes(source.read_bytes())
    store = f"sqlite:///{killed}"
    assert shell("backup", str(shell.copy), "--store", store).exit_code == 0
    assert "late" in shell("site", "list", "--store", f"sqlite:///{shell.copy}").stdout


def test_a_backup_replaces_no_file(shell: Shell) -> None:
    shell.fill(event(1))
    shell.copy.write_text("precious")
    fails(shell("backup", str(shell.copy)), 2, "exists already")
    assert shell.copy.read_text() == "precious"


def test_a_failed_backup_leaves_nothing_behind(shell: Shell) -> None:
    fails(shell("backup", str(shell.copy)), 1, "there is no store at")
    assert not shell.copy.exists()
    assert not shell.path.exists()
    shell.fill(event(1))
    fails(shell("backup", str(shell.copy / "nowhere" / "x.db")), 1, "folder exists")


def test_a_store_is_restored_from_its_copy(shell: Shell) -> None:
    shell.fill(*(event(n) for n in range(100)))
    shell("backup", str(shell.copy))
    shell.fill(event(1_000))
    fails(shell("restore", str(shell.copy)), 2, "--force")
    assert len(shell.events()) == 101
    assert shell("restore", str(shell.copy), "--force").exit_code == 0
    assert shell.events() == [event(n) for n in range(100)]
    assert mode(shell.path) == 0o600


def test_a_restored_file_does_not_get_the_log_of_the_one_it_replaces(shell: Shell) -> None:
    shell.fill(event(1))
    shell("backup", str(shell.copy))
    log = shell.path.with_name(shell.path.name + "-wal")
    with closing(sqlite3.connect(shell.path)) as connection:
        connection.execute("DELETE FROM sites")
        connection.commit()
        left = shell.path.read_bytes(), log.read_bytes()
    shell.path.write_bytes(left[0])
    log.write_bytes(left[1])
    assert shell("restore", str(shell.copy), "--force").exit_code == 0
    assert "a" in shell("site", "list").stdout
    assert shell.events() == [event(1)]


def test_where_no_store_is_restoring_needs_no_force(shell: Shell) -> None:
    shell.fill(event(1))
    shell("backup", str(shell.copy))
    for each in shell.path.parent.iterdir():
        each.unlink()
    assert shell("restore", str(shell.copy)).exit_code == 0
    assert shell.events() == [event(1)]


async def test_a_store_in_use_is_not_replaced(shell: Shell) -> None:
    store = open_store(shell.url)
    await asyncio.to_thread(shell, "backup", str(shell.copy))
    result = await asyncio.to_thread(shell, "restore", str(shell.copy), "--force")
    fails(result, 1, f"served already, by process {os.getpid()}")
    assert store.event_log.problem() is None
    await store.close()


def damage(path: Path) -> None:
    """Overwrite the last quarter."""
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size * 3 // 4 // 4096 * 4096)
        file.write(os.urandom(size // 4))


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 99")


def another(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE invoices (x)")


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize(
    ("harm", "part"),
    [
        (damage, "is damaged"),
        (newer, "newer Footfall"),
        (another, "another program"),
        (empty, "is empty"),
        (Path.unlink, "there is no store"),
    ],
)
def test_a_copy_that_is_no_good_is_not_restored(
    shell: Shell, harm: Callable[[Path], None], part: str
) -> None:
    shell.fill(*(event(n) for n in range(1_000)))
    shell("backup", str(shell.copy))
    harm(shell.copy)
    fails(shell("restore", str(shell.copy), "--force"), 1, part)
    assert len(shell.events()) == 1_000


def test_check_says_what_is_in_a_store(shell: Shell) -> None:
    shell.fill(event(0), event(86_399_000))
    result = shell("check")
    assert result.exit_code == 0
    rows = dict(re.findall(r"│ (.+?) +│ (.+?) +│", result.stdout))
    wanted = {"whole": "yes", "sites": "1", "goals": "1", "tokens": "1", "events": "2"}
    assert wanted.items() <= rows.items()
    assert rows["oldest event (UTC)"] == "1970-01-01 00:00:00"
    assert rows["newest event (UTC)"] == "1970-01-01 23:59:59"


async def test_check_works_beside_a_server(shell: Shell) -> None:
    store = open_store(shell.url)
    assert (await asyncio.to_thread(shell, "check")).exit_code == 0
    await store.close()


def test_check_tells_damage_by_its_exit_code(shell: Shell) -> None:
    shell.fill(*(event(n) for n in range(1_000)))
    damage(shell.path)
    fails(shell("check"), 1, "damaged")


def test_a_backup_and_a_restore_shrink_the_file(shell: Shell) -> None:
    shell.fill(*(event(n, title="x" * 500) for n in range(2_000)))
    with closing(sqlite3.connect(shell.path, isolation_level=None)) as connection:
        connection.execute("DELETE FROM events")
    grown = shell.path.stat().st_size
    assert re.search(r"free in it +│ 1\.\d MB", shell("check").stdout)
    shell("backup", str(shell.copy))
    shell("restore", str(shell.copy), "--force")
    assert shell.path.stat().st_size < grown / 5


@pytest.mark.parametrize("command", [("backup", "x.db"), ("restore", "x.db"), ("check",)])
@pytest.mark.parametrize(
    ("store", "part"), [("dynamodb://t?region=eu-central-1", "AWS"), ("memory://", "lost at exit")]
)
def test_other_stores_have_other_ways(
    shell: Shell, command: tuple[str, ...], store: str, part: str
) -> None:
    fails(shell(*command, "--store", store), 2, part)
