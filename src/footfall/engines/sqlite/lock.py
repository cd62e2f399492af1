"""One server per file: a lock file beside the database, released when its process ends."""

import fcntl
import os
from pathlib import Path

from footfall.errors import StoreUnavailable


class ServeLock:
    """Held from construction to ``release``. The CLI's catalog commands do not need it."""

    def __init__(self, database: Path) -> None:
        """Raises StoreUnavailable when another server holds it or it can't be created."""
        path = database.with_name(database.name + ".lock")
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StoreUnavailable(
                f"the store {database}: its lock {path} cannot be opened ({error.strerror}): check "
                "that the folder exists and that this user may write there"
            ) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.read(self._descriptor, 20).decode("ascii", "replace") or "unknown"
            os.close(self._descriptor)
            raise StoreUnavailable(
                f"the store {database} is served already, by process {holder}: stop that one, or "
                "choose another store"
            ) from error
        os.ftruncate(self._descriptor, 0)
        os.write(self._descriptor, str(os.getpid()).encode())

    def release(self) -> None:
        """The file stays: removing it would let two servers hold two locks of one name."""
        os.close(self._descriptor)
