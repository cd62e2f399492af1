"""One process at a time changes a folder of archives."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from footfall.errors import StoreUnavailable

NAME = "lock"


def lock(folder: Path) -> None:
    """Held to the end of this process. Raises OSError, and StoreUnavailable while another process
    holds it."""
    descriptor = _open(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreUnavailable(
            f"another process changes the archive in {folder}: it goes on when that one has ended. "
            "If it is another server's, give each server a history_folder of its own",
            public="another process changes the archive: try again in a few seconds",
        ) from None


@contextlib.contextmanager
def try_lock(folder: Path) -> Iterator[bool]:
    """Whether no other process holds it; then it is held within the context."""
    descriptor = _open(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(descriptor)


def _open(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
