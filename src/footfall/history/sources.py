"""How far the files of others were read into a site's archive: nothing of them counts twice.

It is written after what was read is safe. What a crash kept from being written is told by the
imports themselves, whose names say the same.
"""

import re
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec
from msgspec import Meta

from footfall.errors import InvalidInput, StoreUnavailable
from footfall.history.archive import manifest as manifests
from footfall.history.archive.manifest import put_in_place
from footfall.history.folder import SOURCES, incoming_folder, site_folder

MAX_SOURCES = 10_000
"""Of a site. Beyond, the one that was not read for the longest time is forgotten."""
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_Mark: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{1,16}$")]
Marks: TypeAlias = Annotated[dict[_Mark, _Mark], Meta(max_length=32)]
"""Of a source's content, by which its reader knows it again: whatever the reader says."""


class Known(msgspec.Struct, frozen=True):
    """How far a source was read, in whatever its reader counts, such as bytes."""

    to: int = 0
    marks: Marks = {}


_decode = msgspec.json.Decoder(dict[str, Known]).decode


def checked_source(source: str) -> str:
    """Raises InvalidInput."""
    if not _SOURCE.fullmatch(source):
        raise InvalidInput("a source has 1 to 64 letters, digits, - and _", field="source")
    return source


def import_name(source: str, begin: int, until: int) -> str:
    """Of what was imported from ``begin`` up to ``until``."""
    return f"{source}.{begin}.{until}"


def read_known(folder: Path, site: str, source: str) -> Known:
    """How far ``source`` was read. Raises StoreUnavailable."""
    known = _read(folder, site).get(source, Known())
    named = [*manifests.read(site_folder(folder, site)).imports]
    incoming = incoming_folder(folder, site)
    named += [each.name for each in incoming.glob(f"{source}.*") if each.suffix != ".tmp"]
    ends = {name.rpartition(".")[0]: name.rpartition(".")[2] for name in named}
    until = known.to
    while (end := ends.get(f"{source}.{until}")) is not None and int(end) > until:
        until = int(end)
    return Known(until, known.marks)


def note_known(folder: Path, site: str, source: str, now_known: Known) -> None:
    """Returns when it is on disk. Raises OSError, StoreUnavailable."""
    known = _read(folder, site)
    known.pop(source, None)
    known[source] = now_known  # the last, as the one that was read last
    if len(known) > MAX_SOURCES:
        del known[next(iter(known))]
    of_site = site_folder(folder, site)
    of_site.mkdir(parents=True, exist_ok=True)
    put_in_place(of_site / SOURCES, msgspec.json.encode(known))


def _read(folder: Path, site: str) -> dict[str, Known]:
    path = site_folder(folder, site) / SOURCES
    try:
        return _decode(path.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        raise StoreUnavailable(
            f"{path} can't be read ({error}): restore it from a backup, or remove it, and files "
            "that are sent again count again",
            public="what was imported before can't be read: its operator finds the reason in the "
            "log",
        ) from error
