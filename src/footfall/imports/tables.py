"""The tables of another product's export: CSV files, or a zip archive of them."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, TypeAlias

from footfall.errors import InvalidInput

Row: TypeAlias = dict[str, str]
"""A line's fields by the column's name; what a shorter line lacks is empty."""

MAX_FIELD = 1 << 20


class Tables:
    """Finds and reads tables by the names of their files, without folder and ``.csv``."""

    def __init__(self, file: Path) -> None:
        """Raises InvalidInput."""
        self._file = file
        self._members: dict[str, str | None] = {}
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                self._members = {Path(each).stem: each for each in archive.namelist()}
        else:
            self._members = {file.stem: None}

    @property
    def names(self) -> list[str]:
        return sorted(self._members)

    def rows(self, name: str) -> Iterator[Row]:
        """Raises InvalidInput, which names the table and the line."""
        csv.field_size_limit(MAX_FIELD)
        with ExitStack() as stack:
            lines = csv.DictReader(self._open(name, stack), restval="")
            try:
                yield from lines
            except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile) as error:
                raise InvalidInput(
                    f"{name}.csv, line {lines.line_num}: it can't be read ({error}): export it "
                    "again"
                ) from error

    def _open(self, name: str, stack: ExitStack) -> IO[str]:
        member = self._members[name]
        if member is None:
            return stack.enter_context(self._file.open(encoding="utf-8-sig", newline=""))
        opened = stack.enter_context(zipfile.ZipFile(self._file)).open(member)
        return stack.enter_context(io.TextIOWrapper(opened, encoding="utf-8-sig", newline=""))
