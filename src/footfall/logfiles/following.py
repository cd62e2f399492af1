"""One log: read once, or as long as lines come, across rotation and the server's restarts."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from footfall.errors import InvalidInput
from footfall.logfiles.formats import Parser
from footfall.logfiles.page_views import PageViews
from footfall.logfiles.reading import Block, LogFile
from footfall.logfiles.sending import KnownSource, Sender

STDIN = Path("-")


class FollowedLog:
    """``lines``, ``left_out`` and ``bad`` are of all that was sent."""

    def __init__(self, path: Path, parse: Callable[[], Parser], sender: Sender, host: str) -> None:
        """``host`` is for lines that don't say theirs; empty for the one that the server knows."""
        self.path = path
        self.lines = 0
        self.left_out: Counter[str] = Counter()
        self.bad: list[bytes] = []
        self.ahead_ms = 0
        """How far the next line was ahead of the server's clock: it waits for it."""
        self._parse = parse
        self._sender = sender
        self._host = host
        self._file: LogFile | None = None
        self._number = 1
        """Of the logs that the server knows with this first line."""
        self._was_there = False
        self._not_before = 0.0

    @property
    def has_unfinished_line(self) -> bool:
        return self._file is not None and self._file.has_unfinished_line

    def read_new(self, read: Callable[[Block], None]) -> None:
        """Send what came since the last call, or since the server had it. ``read`` is called with
        each block. Raises FootfallError and InvalidInput; call again, and it goes on from where
        the server has it."""
        if time.monotonic() < self._not_before:
            return
        if self._file is not None and self._file.was_truncated():
            self.close()
        file = self._file or self._open()
        if file is None:
            return
        is_replaced = file.is_replaced(self.path)
        try:
            self._send(file, read)
        except BaseException:
            self.close()
            raise
        if is_replaced and not self.ahead_ms:  # all that was written before is read
            self.close()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> LogFile | None:
        """None while a rotated log's next file is not there."""
        try:
            if self.path == STDIN:
                self._file = LogFile(sys.stdin.buffer, is_complete=True)
            else:
                self._file = LogFile.open(self.path)
        except FileNotFoundError:
            if not self._was_there:
                raise InvalidInput(f"there is no file {self.path}") from None
            return None
        except OSError as error:
            raise InvalidInput(f"{self.path} can't be read: {error}") from error
        self._was_there = True
        self._number = 1
        return self._file

    def _send(self, file: LogFile, read: Callable[[Block], None]) -> None:
        if file.source is None or not file.has_more():
            return
        source, known = self._found(file)
        if not file.has_more():
            return
        views = PageViews(self._parse(), self._sender.site, self._host or known.host)
        self.ahead_ms = self._sender.send(file, source, known, views, read)
        self.lines += views.lines
        self.left_out.update(views.left_out)
        self.bad += views.bad
        if self.ahead_ms:
            self._not_before = time.monotonic() + self.ahead_ms / 1_000
            if self.path != STDIN:
                file.rewind()

    def _found(self, file: LogFile) -> tuple[str, KnownSource]:
        """The source that the server knows ``file`` as, which then is at the place up to which the
        server has it. Two logs may begin with the same line: the next number is the other one's."""
        while True:
            source = file.source or ""
            if self._number > 1:
                source += f"-{self._number}"
            known = self._sender.known(source)
            file.skip_to(known.to or 0)
            if file.marks.agree_with(known.marks):
                return source, known
            if self.path == STDIN:
                raise InvalidInput(
                    "standard input begins with the same line as another log that was read before: "
                    "give it as a file"
                )
            file.rewind()
            self._number += 1
