"""How far files of others were read, also when what was noted did not survive."""

from pathlib import Path

import pytest

from footfall.errors import InvalidInput, StoreUnavailable
from footfall.history import sources
from footfall.history.archive.manifest import Manifest, write
from footfall.history.archive.site import SiteArchive
from footfall.history.folder import SOURCES, incoming_folder, site_folder
from footfall.history.sources import Known, checked_source, import_name, note_known, read_known


def note_until(folder: Path, site: str, source: str, until: int) -> None:
    note_known(folder, site, source, Known(until))


def read_until(folder: Path, site: str, source: str) -> int:
    return read_known(folder, site, source).to


def test_what_is_noted_is_read(tmp_path: Path) -> None:
    assert read_until(tmp_path, "shop", "log") == 0
    note_until(tmp_path, "shop", "log", 100)
    note_until(tmp_path, "shop", "other", 7)
    note_until(tmp_path, "shop", "log", 150)
    assert read_until(tmp_path, "shop", "log") == 150
    assert read_until(tmp_path, "shop", "other") == 7
    assert read_until(tmp_path, "blog", "log") == 0


def test_imports_tell_what_a_crash_kept_from_being_noted(tmp_path: Path) -> None:
    """Those that are taken in, and those that wait for it."""
    note_until(tmp_path, "shop", "log", 10)
    taken = (import_name("log", 10, 30), import_name("other", 30, 99), "4a" * 16)
    write(site_folder(tmp_path, "shop"), Manifest(imports=taken))
    waiting = incoming_folder(tmp_path, "shop")
    (waiting / import_name("log", 30, 70)).mkdir(parents=True)
    (waiting / (import_name("log", 70, 90) + ".tmp")).mkdir()
    assert read_until(tmp_path, "shop", "log") == 70


def test_what_waits_for_one_site_is_not_another_s(tmp_path: Path) -> None:
    """The same log may be sent for two sites."""
    (incoming_folder(tmp_path, "shop") / import_name("log", 0, 30)).mkdir(parents=True)
    assert read_until(tmp_path, "shop", "log") == 30
    assert read_until(tmp_path, "blog", "log") == 0


def test_marks_are_kept_and_told(tmp_path: Path) -> None:
    known = Known(100, {"100": "4bbda1d9"})
    note_known(tmp_path, "shop", "log", known)
    assert read_known(tmp_path, "shop", "log") == known


def test_of_too_many_the_one_that_was_not_read_for_longest_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "MAX_SOURCES", 2)
    for source, until in (("a", 1), ("b", 2), ("a", 3), ("c", 4)):
        note_until(tmp_path, "shop", source, until)
    assert [read_until(tmp_path, "shop", each) for each in "abc"] == [3, 0, 4]


def test_an_archive_that_is_opened_leaves_it_there(tmp_path: Path) -> None:
    note_until(tmp_path, "shop", "log", 1)
    archive = SiteArchive(site_folder(tmp_path, "shop"), "shop")
    assert list(archive.leftovers()) == []


def test_a_damaged_note_is_told_without_its_place(tmp_path: Path) -> None:
    note_until(tmp_path, "shop", "log", 1)
    (site_folder(tmp_path, "shop") / SOURCES).write_text("[")
    with pytest.raises(StoreUnavailable, match="restore it") as told:
        read_until(tmp_path, "shop", "log")
    assert str(tmp_path) not in told.value.public


@pytest.mark.parametrize("source", ["", "a/b", "..", "a.b", "ü", "x" * 65, "a\n"])
def test_names_of_sources(source: str) -> None:
    with pytest.raises(InvalidInput):
        checked_source(source)
