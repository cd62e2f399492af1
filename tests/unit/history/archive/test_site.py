"""What of a folder of archives is removed, and what never."""

import shutil
from pathlib import Path

import pytest

from footfall.errors import StoreUnavailable
from footfall.history.archive import aside
from footfall.history.archive import manifest as manifests
from footfall.history.archive.manifest import ArchiveFile, Manifest
from footfall.history.archive.site import SiteArchive
from footfall.times import DAY_MS
from tests.archiving import START


def archive_of(folder: Path, named: dict[str, bytes], others: tuple[str, ...] = ()) -> SiteArchive:
    """With a manifest that names some files; the folder has them and others."""
    for name in (*named, *others):
        (folder / name).write_bytes(named.get(name, b"other"))
    files = tuple(
        ArchiveFile(name, "events", 0, 1, rows=1, bytes=len(content))
        for name, content in named.items()
    )
    manifests.write(folder, Manifest(files=files))
    return SiteArchive(folder, "a")


OTHERS = ("other.parquet", "half.parquet.tmp", "sources.json", "notes.txt")


def test_left_overs_are_what_the_manifest_does_not_name(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, {"a.parquet": b"1"}, OTHERS)
    assert {path.name for path in archive.leftovers()} == {"other.parquet", "half.parquet.tmp"}


def test_a_manifest_that_names_nothing_makes_no_left_overs(tmp_path: Path) -> None:
    assert archive_of(tmp_path, {}, OTHERS).leftovers() == []


def test_a_manifest_whose_files_are_not_all_there_makes_no_left_overs(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, {"a.parquet": b"1", "b.parquet": b"2"}, OTHERS)
    (tmp_path / "a.parquet").write_bytes(b"another size")
    assert archive.leftovers() == []
    assert "a.parquet" in str(archive.lacks())
    archive.require_own()
    (tmp_path / "b.parquet").unlink()
    with pytest.raises(StoreUnavailable, match="is not of this folder"):
        archive.require_own()


def test_the_manifest_comes_before_any_file(tmp_path: Path) -> None:
    """Without one, files are those of a manifest that was lost, and no trace of a kill."""
    SiteArchive(tmp_path / "site=a", "a").create()
    (tmp_path / "site=a" / "killed.parquet").write_bytes(b"")
    assert SiteArchive(tmp_path / "site=a", "a").manifest == Manifest()
    (tmp_path / "site=a" / manifests.NAME).unlink()
    with pytest.raises(StoreUnavailable, match=r"gone, but 1 of its files"):
        SiteArchive(tmp_path / "site=a", "a")


def test_what_is_moved_aside_is_kept_for_two_weeks(tmp_path: Path) -> None:
    for content in ("first", "second"):
        (tmp_path / "site=a").mkdir()
        (tmp_path / "site=a" / "file").write_text(content)
        aside.move(tmp_path, "a", START)
    kept = sorted((tmp_path / "removed").rglob("file"))
    assert {path.read_text() for path in kept} == {"first", "second"}
    (tmp_path / "removed" / "of the operator").mkdir()
    aside.remove_expired(tmp_path, START + (aside.KEPT_DAYS - 1) * DAY_MS)
    assert all(path.exists() for path in kept)
    ((_, end),) = aside.listed(tmp_path)
    aside.remove_expired(tmp_path, START + aside.KEPT_DAYS * DAY_MS)
    assert end.isoformat() == "2026-01-29"
    assert [path.name for path in (tmp_path / "removed").iterdir()] == ["of the operator"]


def test_a_removal_that_was_killed_leaves_no_half_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    SiteArchive(tmp_path / "site=a", "a").create()
    with monkeypatch.context() as killed:
        killed.setattr(shutil, "rmtree", lambda *_args, **_kwargs: None)
        aside.remove(tmp_path, "a")
    assert not (tmp_path / "site=a").exists()
    assert list((tmp_path / "removed" / "gone").iterdir())
    aside.empty(tmp_path)
    assert not list((tmp_path / "removed" / "gone").iterdir())
