"""Lines of a file from a place on, whatever happens to the file meanwhile."""

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, Self, cast

from footfall.logfiles.marks import LogMarks

BLOCK = 1 << 20
"""Bytes that are read at once."""
MAX_LINE = 1 << 20
"""A longer line is skipped."""
NAME_LENGTH = 16
SHOWN_BYTES = 200
"""Of a line that was skipped."""
HEAD = 256
"""Bytes by which an open log is known to be the same: its first line has a time."""
WHOLE = 1 << 53
"""The place behind a file that is complete: nothing will be added to it."""
_GZIP = b"\x1f\x8b"


class Block(NamedTuple):
    place: int
    """Where the first of the lines begins."""
    lines: list[bytes]
    read: int
    """How many bytes of the file, as it is on the disk, are read."""
    skipped: bytes = b""
    """The beginning of a line that was too long, and ended before these."""


class LogFile:
    """An open log: ``blocks`` gives what is new since the last call.

    ``source`` names its content, by its first line: it is the same log after it was renamed,
    compressed or copied. ``marks`` tell whether the rest is the same too. Places count bytes of the
    uncompressed content.
    """

    def __init__(self, stream: BinaryIO, *, is_complete: bool) -> None:
        """``is_complete``: nothing will be added to it, and the last line needs no end."""
        self.place = 0
        """Behind the last line that was given."""
        self.is_complete = is_complete
        self.marks = LogMarks()
        """Of what is before ``place``."""
        self._stream = stream
        self._rest = b""
        """What was read behind ``place``, and behind what is skipped."""
        self._skipped = b""
        """The beginning of a line that is too long and has no end yet, and how long it is."""
        self._skipped_bytes = 0
        self._source: str | None = None
        self._head = b""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises OSError."""
        with path.open("rb") as file:
            is_compressed = file.read(len(_GZIP)) == _GZIP
        if is_compressed:
            return cls(cast(BinaryIO, gzip.open(path)), is_complete=True)
        return cls(path.open("rb"), is_complete=False)

    @property
    def source(self) -> str | None:
        """None until there is a line. Comments, as CloudFront's files begin with, are all alike."""
        if self._source is None:
            self._rest += self._stream.read(BLOCK - len(self._rest))
            self._head = self._rest[:HEAD]
            lines = self._rest.split(b"\n")
            is_whole = (self.is_complete or len(self._rest) >= MAX_LINE) and lines[-1]
            whole = lines if is_whole else lines[:-1]
            first = next((line for line in whole if line and not line.startswith(b"#")), None)
            if first is not None:
                self._source = hashlib.sha256(first.rstrip(b"\r")).hexdigest()[:NAME_LENGTH]
        return self._source

    def skip_to(self, place: int) -> None:
        """Go on from ``place``, which lies ahead."""
        if self._skipped and place > self.place:
            self.place += self._skipped_bytes
            self._skipped, self._skipped_bytes = b"", 0
        while (ahead := place - self.place) > 0:
            if not self._rest:
                self._rest = self._stream.read(min(BLOCK, ahead))
                if not self._rest:
                    return
            step = min(ahead, len(self._rest))
            self.marks.add(self._rest[:step])
            self._rest = self._rest[step:]
            self.place += step

    def blocks(self) -> Iterator[Block]:
        """All whole lines that there are now, and of a complete file the last one too."""
        while True:
            part = self._stream.read(BLOCK)
            read = self._rest + part
            lines = read.split(b"\n")
            self._rest = lines.pop()
            is_end = not part
            if is_end and self.is_complete and (self._rest or self._skipped):
                lines.append(self._rest)
                self._rest = b""
            self.marks.add(read[: len(read) - len(self._rest)])
            skipped = b""
            if lines and self._skipped:
                skipped = self._end_of_skipped(lines.pop(0))
            if lines or skipped:
                block = Block(self.place, lines, self._position(), skipped)
                self.place += sum(map(len, lines)) + len(lines)
                yield block
            if len(self._rest) > MAX_LINE or self._skipped:
                self._skip_rest()
            if is_end:
                return

    def _skip_rest(self) -> None:
        """Its line is too long, and has no end yet."""
        self.marks.add(self._rest)
        self._skipped = self._skipped or self._rest[:SHOWN_BYTES]
        self._skipped_bytes += len(self._rest)
        self._rest = b""

    def _end_of_skipped(self, last: bytes) -> bytes:
        """The beginning of the line that ends with ``last``."""
        skipped, self._skipped = self._skipped, b""
        self.place += self._skipped_bytes + len(last) + 1
        self._skipped_bytes = 0
        return skipped

    def rewind(self) -> None:
        """Begin anew. Raises OSError for a pipe."""
        self._stream.seek(0)
        self.place, self.marks, self._rest = 0, LogMarks(), b""
        self._skipped, self._skipped_bytes = b"", 0

    def has_more(self) -> bool:
        """Whether there may be lines that were not given."""
        if self.is_complete:
            self._rest = self._rest or self._stream.read(BLOCK)
            return bool(self._rest)
        return b"\n" in self._rest or os.fstat(self._stream.fileno()).st_size > self._stream.tell()

    def _position(self) -> int:
        raw = getattr(self._stream, "fileobj", self._stream)
        return int(raw.tell()) if raw.seekable() else self.place

    @property
    def has_unfinished_line(self) -> bool:
        """It is given when its end is there."""
        return bool(self._rest or self._skipped)

    def is_replaced(self, path: Path) -> bool:
        """Whether ``path`` is another file by now, or this one was emptied and begun anew."""
        if self.is_complete:
            return False
        try:
            found = path.stat()
        except FileNotFoundError:
            return False  # the next one is not there yet
        own = os.fstat(self._stream.fileno())
        is_other = (found.st_dev, found.st_ino) != (own.st_dev, own.st_ino)
        return is_other or self.was_truncated()

    def was_truncated(self) -> bool:
        """Whether the file was emptied, and perhaps begun anew."""
        if self.is_complete:
            return False
        return os.pread(self._stream.fileno(), len(self._head), 0) != self._head

    def close(self) -> None:
        self._stream.close()
