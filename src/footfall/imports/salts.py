"""Salts for the hashes of imported visitors: made, used, and gone with the process."""

import secrets
from datetime import date

SALT_BYTES = 32


class PassingSalts:
    """The salt of each day, the same as long as this object lives."""

    def __init__(self) -> None:
        self._salts: dict[date, bytes] = {}

    def __call__(self, day: date) -> bytes:
        salt = self._salts.get(day)
        if salt is None:
            salt = self._salts[day] = secrets.token_bytes(SALT_BYTES)
        return salt
