"""What tells two logs apart whose first lines are the same, as those of two servers may be."""

import hashlib
from collections.abc import Mapping

FIRST = 256
GROWTH = 4
LENGTH = 8


class LogMarks:
    """Hashes of a log's beginning: of 256 bytes, of four times as many and so on, and of all that
    was read. Sizes are told in hexadecimal."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._size = 0
        self._marks: dict[int, str] = {}
        self._next = FIRST

    def add(self, part: bytes) -> None:
        """The content goes on with ``part``."""
        left = memoryview(part)
        while self._size + len(left) >= self._next:
            step = self._next - self._size
            self._add(left[:step])
            left = left[step:]
            self._marks[self._next] = self._digest()
            self._next *= GROWTH
        self._add(left)

    def up_to(self, place: int) -> dict[str, str]:
        """Those of what is before ``place``."""
        known = self._marks | {self._size: self._digest()}
        return {f"{size:x}": mark for size, mark in known.items() if 0 < size <= place}

    def agree_with(self, others: Mapping[str, str]) -> bool:
        """Whether the beginnings are the same, as far as both are known."""
        own = self.up_to(self._size)
        return all(own.get(size, mark) == mark for size, mark in others.items())

    def _add(self, part: memoryview) -> None:
        self._hash.update(part)
        self._size += len(part)

    def _digest(self) -> str:
        return self._hash.hexdigest()[:LENGTH]
