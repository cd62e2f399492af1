"""``import``, ``export``, ``history``: the past, without a server."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from footfall.cli import main
from footfall.history import archivist
from footfall.history.archive import aside
from footfall.history.archive import manifest as manifests
from footfall.history.archive.locking import try_lock
from footfall.model import Event
from footfall.times import DAY_MS
from tests.events import event
from tests.serving import START, new_app, running, until

TODAY = START // DAY_MS * DAY_MS
NOON = 1_768_478_400_000
"""2026-01-15T12:00:00Z"""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Cli:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.store = f"sqlite:///{folder / 'footfall.db'}"

    def __call__(self, *command: str, code: int = 0) -> str:
        result: Result = CliRunner().invoke(main, [*command, "--store", self.store])
        assert result.exit_code == code, result.output
        return result.output

    def file(self, name: str, events: Iterable[dict[str, object]]) -> str:
        path = self.folder / name
        path.write_text("\n".join(map(json.dumps, events)))
        return str(path)

    @property
    def archive(self) -> Path:
        return self.folder / "footfall.history"


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    found = Cli(tmp_path)
    found("site", "add", "shop", "--time-zone", "Europe/Berlin")
    return found


def view(path: str, ts: int, **fields: object) -> dict[str, object]:
    url = f"https://shop.example{path}"
    given = {"ip": "80.1.2.3", "ua": BROWSER, **fields}
    return {"s": "shop", "e": "pageview", "u": url, "ts": ts, **given}


def test_imported_events_can_be_exported(cli: Cli) -> None:
    events = [view("/a", NOON), view("/b", NOON + 1000), view("/c", NOON + 86_400_000)]
    bot = view("/a", NOON, ua="Googlebot/2.1")
    said = cli("import", cli.file("one.ndjson", [*events, bot]), "--site", "shop")
    assert "3 events, 1 bot" in said
    for name, read in (("all.csv", pd.read_csv), ("all.parquet", pd.read_parquet)):
        cli("export", str(cli.folder / name), "--site", "shop")
        frame = read(cli.folder / name)
        assert list(frame["path"]) == ["/a", "/b", "/c"]
        assert frame["visitor"].nunique() == 2
        assert list(frame["entry_path"]) == ["/a", "/a", "/c"]
    first = str(cli.folder / "first.csv")
    cli("export", first, "--site", "shop", "--from", "2026-01-15", "--to", "2026-01-15")
    assert list(pd.read_csv(first)["path"]) == ["/a", "/b"]


def test_the_same_file_counts_once(cli: Cli) -> None:
    file = cli.file("one.ndjson", [view("/a", NOON)])
    cli("import", file, "--site", "shop")
    assert "imported before" in cli("import", file, "--site", "shop")
    again = cli.file("again.ndjson", [view("/a", NOON)])
    assert "imported before" in cli("import", again, "--site", "shop")
    assert re.search(r"shop .* 1 .* 1 .*MB", cli("history", "status"))
    manifest = manifests.read(cli.archive / "site=shop")
    assert sum(each.rows for each in manifest.of_kind("events")) == 1


def test_a_running_server_is_left_to_take_it_in(cli: Cli) -> None:
    with try_lock(cli.archive) as is_held:
        assert is_held
        said = cli("import", cli.file("one.ndjson", [view("/a", NOON)]), "--site", "shop")
    assert "takes them in" in said
    assert manifests.read(cli.archive / "site=shop").files == ()
    cli("import", cli.file("two.ndjson", [view("/b", NOON)]), "--site", "shop")
    manifest = manifests.read(cli.archive / "site=shop")
    assert sum(each.rows for each in manifest.of_kind("events")) == 2


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ({"s": "shop", "e": "pageview", "u": "https://a.example/"}, "line 2: it has no ts"),
        (view("/", NOON, s="other"), "line 2: it is of site 'other'"),
        (view("/", NOON, u="nowhere"), "line 2: u is not valid"),
        ({"e": "pageview"}, "line 2: "),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_imported(
    cli: Cli, line: dict[str, object], why: str
) -> None:
    file = cli.file("bad.ndjson", [view("/a", NOON), line])
    assert why in cli("import", file, "--site", "shop", code=2)
    assert not list(cli.archive.glob("site=*"))


def test_unknown_sites_and_files_that_exist_are_refused(cli: Cli) -> None:
    file = cli.file("one.ndjson", [view("/a", NOON)])
    assert "no site 'none'" in cli("import", file, "--site", "none", code=2)
    assert "nothing of 'shop'" in cli("export", "/tmp/x.csv", "--site", "shop", code=2)
    cli("import", file, "--site", "shop")
    cli("export", file + ".csv", "--site", "shop")
    assert "must end in" in cli("export", file, "--site", "shop", code=2)
    assert "exists" in cli("export", file + ".csv", "--site", "shop", code=2)


def test_damage_is_found(cli: Cli) -> None:
    cli("import", cli.file("one.ndjson", [view("/a", NOON)]), "--site", "shop")
    assert "whole" in cli("history", "verify")
    file = next((cli.archive / "site=shop").glob("events-*"))
    good = file.read_bytes()
    file.write_bytes(good[:-20] + bytes(20))
    assert str(file) in cli("history", "verify", code=1)
    file.unlink()
    assert str(file) in cli("history", "verify", code=1)
    file.write_bytes(good)
    assert "whole" in cli("history", "verify")


def test_a_removed_site_leaves_no_archive(cli: Cli) -> None:
    cli("import", cli.file("one.ndjson", [view("/a", NOON)]), "--site", "shop")
    cli("site", "remove", "shop", "--yes")
    assert not (cli.archive / "site=shop").exists()


def test_the_archive_of_another_store_is_left_alone(cli: Cli) -> None:
    file = cli.file("one.ndjson", [view("/a", NOON)])
    cli("import", file, "--site", "shop")
    files = sorted(cli.archive.rglob("*.parquet"))
    other = Cli(cli.folder / "other")
    other.folder.mkdir()
    other("site", "add", "shop")
    folder = ("--history-folder", str(cli.archive))
    assert "another store" in other("import", file, "--site", "shop", *folder, code=1)
    assert "another store" in other("site", "remove", "shop", "--yes", *folder, code=1)
    assert sorted(cli.archive.rglob("*.parquet")) == files


def test_what_was_moved_aside_is_listed(cli: Cli) -> None:
    cli("import", cli.file("one.ndjson", [view("/a", NOON)]), "--site", "shop")
    aside.move(cli.archive, "shop", NOON)
    assert "site=shop, unknown to the store; deleted on 2026-01-29" in cli("history", "status")


def test_a_store_in_memory_has_none() -> None:
    result = CliRunner().invoke(main, ["history", "status", "--store", "memory://"])
    assert result.exit_code == 2
    assert "persistent store" in result.output


def test_what_the_log_has_is_made_anew(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archivist, "PASS_S", 0.02)
    cli("import", cli.file("one.ndjson", [view("/old", NOON)]), "--site", "shop")
    begin = TODAY - 2 * DAY_MS
    events = [event(number, site="shop", time=begin + number * DAY_MS) for number in (0, 1)]
    asyncio.run(keep(cli, events))
    archived = counts(cli)
    assert archived["events"] == 3
    assert "server keeps" in while_locked(cli)
    assert "does not match" in cli("history", "rebuild", "--site", "shop", "--since", "now", code=2)
    said = cli("history", "rebuild", "--site", "shop", "--yes")
    assert "from 20" in said
    assert counts(cli)["events"] == 1  # imported
    asyncio.run(keep(cli, []))
    assert counts(cli) == archived
    cli("history", "rebuild", "--site", "shop", "--since", day(TODAY - DAY_MS), "--yes")
    assert counts(cli)["events"] == 2
    asyncio.run(keep(cli, []))
    assert counts(cli) == archived


def while_locked(cli: Cli) -> str:
    with try_lock(cli.archive):
        return cli("history", "rebuild", "--site", "shop", "--yes", code=1)


def day(time: int) -> str:
    return datetime.fromtimestamp(time / 1000, UTC).date().isoformat()


def counts(cli: Cli) -> Counter[str]:
    """Rows of each kind."""
    found: Counter[str] = Counter()
    for file in manifests.read(cli.archive / "site=shop").files:
        found[file.kind] += file.rows
    return found


async def keep(cli: Cli, events: list[Event]) -> None:
    """Serve until all of the days before is archived."""
    app = new_app(store=cli.store, history=True)

    async def is_archived() -> bool:
        return manifests.read(cli.archive / "site=shop").until == TODAY

    async with running(app):
        await app.services.event_log.append(events)
        await until(is_archived)
