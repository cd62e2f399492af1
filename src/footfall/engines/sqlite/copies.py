"""Backups: a copy of a store in use, and the way back.

A copy is made by VACUUM INTO in one read transaction, so it ends however busy the server is, and it
has no free pages and no trace of what was deleted.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from footfall.engines.sqlite.connection import explained, open_existing
from footfall.engines.sqlite.inspection import damage
from footfall.engines.sqlite.lock import ServeLock
from footfall.errors import AlreadyExists, StoreUnavailable


def back_up(store: Path, target: Path) -> None:
    """Copy ``store``, which a server may be using, to the new file ``target`` (mode 0600).

    Raises AlreadyExists if there is such a file, and StoreUnavailable.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        raise AlreadyExists(
            f"{target} exists already: choose another name, or move it away"
        ) from None
    except OSError as error:
        raise StoreUnavailable(
            f"{target} cannot be made ({error.strerror}): check that its folder exists and that "
            "this user may write there"
        ) from error
    try:
        _copy(store, target)
    except BaseException:
        target.unlink()
        raise


def restore(copy: Path, store: Path, *, replace: bool) -> None:
    """Make ``copy`` the store. Either all of it is in place afterwards, or nothing has changed.

    Raises StoreUnavailable if the copy is damaged or a server uses the store, AlreadyExists if
    there is a store and ``replace`` is False.
    """
    if found := damage(copy):
        raise StoreUnavailable(f"{copy} is damaged, nothing was changed: {found[0]}")
    lock = ServeLock(store)
    try:
        if store.exists() and not replace:
            raise AlreadyExists(
                f"there is a store at {store}: back it up, then replace it with --force"
            )
        _copy(copy, store)
    finally:
        lock.release()


def _copy(source: Path, target: Path) -> None:
    """Replaces ``target`` when the copy is complete and on the disk."""
    partial = target.with_name(target.name + ".partial")
    with _only_if_complete(partial):
        with closing(open_existing(source)) as connection, explained(source):
            connection.execute("VACUUM INTO ?", (str(partial),))
        _sync(partial)
        _remove_log(target)
        partial.replace(target)
        _sync(target.parent)


@contextmanager
def _only_if_complete(partial: Path) -> Iterator[None]:
    try:
        partial.unlink(missing_ok=True)  # of an attempt that was killed
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield
    except OSError as error:
        raise StoreUnavailable(
            f"{partial} cannot be written ({error.strerror}): check its disk and permissions"
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _remove_log(store: Path) -> None:
    """Of the file that is being replaced: SQLite would apply it to the new one.

    What it holds is moved into that file first, so that a kill here leaves it whole.
    """
    if store.exists() and store.stat().st_size:
        with suppress(StoreUnavailable, sqlite3.Error), closing(open_existing(store)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for suffix in ("-wal", "-shm"):
        store.with_name(store.name + suffix).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
