"""A body that is to be imported, kept in a file until all of it is there: so whoever sends slowly
holds up nobody."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import BinaryIO

from footfall.errors import StoreUnavailable, TooLarge

PART = 1 << 20
"""Bytes that are written at once."""
KEPT_FREE = 1 << 30
"""Bytes that an upload leaves free on the disk: the events of now need them."""
LOOK_EVERY = 64 << 20
"""Bytes between two looks at the disk."""
DISK_FULL = "this server has no room for an import: its operator finds the reason in the log"


@contextlib.asynccontextmanager
async def uploaded(folder: Path, body: AsyncIterator[bytes], most: int) -> AsyncIterator[BinaryIO]:
    """All of ``body``, in a file without a name on the disk of ``folder``, at its begin. Raises
    TooLarge past ``most`` bytes, and StoreUnavailable."""
    try:
        with await asyncio.to_thread(_new_file, folder) as file:
            await _fill(file, folder, body, most)
            yield file
    except OSError as error:
        raise StoreUnavailable(
            f"an import can't be kept in {folder}: {error}", public=DISK_FULL
        ) from error


def _new_file(folder: Path) -> BinaryIO:
    folder.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryFile(dir=folder, buffering=0)


async def _fill(file: BinaryIO, folder: Path, body: AsyncIterator[bytes], most: int) -> None:
    size, waiting, next_look = 0, bytearray(), LOOK_EVERY
    async for part in body:
        size += len(part)
        if size > most:
            raise TooLarge(
                f"an import over HTTP has at most {most} bytes (max_import_bytes): send several, "
                "or import the file on the server with `footfall import`"
            )
        waiting += part
        if len(waiting) >= PART:
            await asyncio.to_thread(_write, file, waiting)
            waiting.clear()
        if size >= next_look:
            next_look += LOOK_EVERY
            await asyncio.to_thread(_require_room, folder)
    await asyncio.to_thread(_write, file, waiting)
    file.seek(0)


def _write(file: BinaryIO, part: bytearray) -> None:
    left = memoryview(part)
    while left:
        left = left[file.write(left) :]


def _require_room(folder: Path) -> None:
    """Raises StoreUnavailable."""
    if shutil.disk_usage(folder).free < KEPT_FREE:
        raise StoreUnavailable(
            f"the disk of {folder} has less than {KEPT_FREE >> 20} MiB left, which an import does "
            "not take: make room",
            public=DISK_FULL,
        )
