"""What one site's archive consists of: replacing this one file is what commits a change."""

import os
from pathlib import Path
from typing import Literal, TypeAlias

import msgspec

from footfall.errors import StoreUnavailable
from footfall.history.archive.schema import VERSION

NAME = "manifest.json"
REMEDY = (
    "put it back from a backup, or move the folder away, and what the log still has is archived "
    "anew"
)

Kind: TypeAlias = Literal["events", "visits", "open", "totals", "people"]
"""``open``: arrived events of visits that are not over yet, and those whose ids may come again.
``totals``: daily totals of another product. ``people``: hashes of one person on two days."""


class ArchiveFile(msgspec.Struct, frozen=True):
    """A Parquet file beside the manifest, of the time from ``since`` to before ``until`` (ms)."""

    name: str
    kind: Kind
    since: int
    until: int
    rows: int
    bytes: int
    imported: bool = False
    """Not from the log."""


class Alias(msgspec.Struct, frozen=True, array_like=True):
    """The hash ``visitor`` of ``day`` (days since the epoch) is the person whom an earlier day's
    hash names: their visit spans midnight. That is the day before, never one earlier."""

    visitor: int
    person: int
    day: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """Files in the folder that it does not name are left-overs."""

    schema: int = VERSION
    until: int = 0
    """Everything before this time (ms) is in the files."""
    files: tuple[ArchiveFile, ...] = ()
    aliases: tuple[Alias, ...] = ()
    """Of the day of ``until``, the day before and later ones."""
    imports: tuple[str, ...] = ()
    """The digests of what was imported."""

    @property
    def first(self) -> int | None:
        """When the oldest file begins (ms)."""
        return min((each.since for each in self.files), default=None)

    @property
    def first_own(self) -> int | None:
        """When the oldest file begins (ms) that was not imported."""
        return min((each.since for each in self.files if not each.imported), default=None)

    @property
    def bytes(self) -> int:
        """Of its files."""
        return sum(each.bytes for each in self.files)

    def of_kind(self, kind: Kind) -> list[ArchiveFile]:
        return [each for each in self.files if each.kind == kind]


CANNOT_BE_READ = "the archive can't be read: its operator finds the reason in the log"


def read(folder: Path) -> Manifest:
    """An empty one when there is none, nor any file that it could name. Raises StoreUnavailable
    when it can't be used."""
    path = folder / NAME
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except FileNotFoundError:
        _require_no_files(folder)
        return Manifest()
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreUnavailable(
            f"the archive's {path} can't be read ({error}): {REMEDY}", public=CANNOT_BE_READ
        ) from error
    if manifest.schema > VERSION:
        raise StoreUnavailable(
            f"{path} was written by a newer Footfall (schema {manifest.schema}, this one knows "
            f"{VERSION}): run that version",
            public="the archive was written by a newer version of this server",
        )
    return manifest


def _require_no_files(folder: Path) -> None:
    """The manifest is written before any file, so a folder that has files has lost it."""
    files = sum(1 for _ in folder.glob("*.parquet"))
    if files:
        raise StoreUnavailable(
            f"the archive's {folder / NAME} is gone, but {files} of its files are there: {REMEDY}",
            public=CANNOT_BE_READ,
        )


def write(folder: Path, manifest: Manifest) -> None:
    """Returns when it is on disk. Raises OSError; then the old one stands."""
    put_in_place(folder / NAME, msgspec.json.encode(manifest))


def put_in_place(path: Path, content: bytes) -> None:
    """Replace a file, at once: whoever reads it sees the old one or the new. Raises OSError."""
    temporary = path.with_name(path.name + ".tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Bring a file or a folder's names to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
