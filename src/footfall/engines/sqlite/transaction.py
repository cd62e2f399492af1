"""Several statements that happen together or not at all."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def in_transaction(
    kind: str, job: Callable[[sqlite3.Connection], T], connection: sqlite3.Connection
) -> T:
    """``kind`` is SQLite's: IMMEDIATE for whoever writes, DEFERRED for whoever reads."""
    connection.execute(f"BEGIN {kind}")
    try:
        result = job(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.rollback()
        raise
    return result
