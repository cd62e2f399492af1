"""The tables of another product's export: CSV files, or a zip archive of them."""

import csv
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TypeAlias

from footfall.errors import InvalidInput

Row: TypeAlias = dict[str, str]
"""A line's fields by the column's name; what a shorter line lacks is empty."""

MAX_FIELD = 1 << 20
MAX_ROW = 4 << 20
"""Characters of a row's lines."""
MAX_RATIO, SMALL = 200, 64 << 20
"""What is packed may become so many times as long, or so many bytes. Exports become 5 to 50 times
as long; files that are made to fill a machine become 1,000 times."""


class Tables:
    """Finds and reads tables by the names of their files, without folder and ``.csv``."""

    def __init__(self, file: Path) -> None:
        """Raises InvalidInput."""
        self._file = file
        self._members: dict[str, str | None] = {}
        if zipfile.is_zipfile(file):
            with _opened_zip(file) as archive:
                self._members = {Path(each).stem: each for each in archive.namelist()}
                unpacked = sum(each.file_size for each in archive.infolist())
            if unpacked > max(SMALL, MAX_RATIO * file.stat().st_size):
                raise InvalidInput(
                    f"{file} unpacks to {unpacked >> 20} MiB, {MAX_RATIO} times its size and more: "
                    "no export does. Unpack it and import its CSV files, if you trust it"
                )
        else:
            self._members = {file.stem: None}

    @property
    def names(self) -> list[str]:
        return sorted(self._members)

    def rows(self, name: str) -> Iterator[Row]:
        """Raises InvalidInput, which names the table and the line."""
        csv.field_size_limit(MAX_FIELD)
        with ExitStack() as stack:
            lines = _Lines(self._open(name, stack))
            rows = csv.DictReader(lines, restval="")
            try:
                for row in rows:
                    lines.of_row = 0
                    yield row
            except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile, zlib.error) as error:
                raise InvalidInput(
                    f"{name}.csv, line {rows.line_num}: it can't be read ({error}): export it again"
                ) from error

    def _open(self, name: str, stack: ExitStack) -> IO[str]:
        member = self._members[name]
        if member is None:
            return stack.enter_context(self._file.open(encoding="utf-8-sig", newline=""))
        opened = stack.enter_context(stack.enter_context(_opened_zip(self._file)).open(member))
        return stack.enter_context(io.TextIOWrapper(opened, encoding="utf-8-sig", newline=""))


class _Lines:
    """Of a table. ``of_row`` is how long those of the row are that is read."""

    def __init__(self, source: IO[str]) -> None:
        self.of_row = 0
        self._source = source

    def __iter__(self) -> Iterator[str]:
        """Raises ``csv.Error`` for a row that is too long, which is not read whole."""
        while line := self._source.readline(MAX_ROW - self.of_row + 1):
            self.of_row += len(line)
            if self.of_row > MAX_ROW:
                raise csv.Error(f"a row has more than {MAX_ROW} characters")
            yield line


def _opened_zip(file: Path) -> zipfile.ZipFile:
    """Raises InvalidInput."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError) as error:
        raise InvalidInput(f"{file} can't be read ({error}): export it again") from error
