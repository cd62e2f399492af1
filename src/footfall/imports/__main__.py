"""``python -m footfall.imports``: the process of one import, started by ``history/importer.py``.

It reads its task and the events from its standard input, and says what it did on its output.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from footfall.enrich.geo_database import open_geo_database, place_finder
from footfall.errors import InvalidInput
from footfall.history.archive.incoming import Import, prepare
from footfall.history.importer import End, Imported, ImportTask
from footfall.history.sources import import_name
from footfall.imports.ndjson import NdjsonImport

NICE = 10
"""What happens now comes first."""
END = b'{"to":'
"""How the last line begins."""


class Lines:
    """Those of the events, up to the end."""

    def __init__(self, source: BinaryIO) -> None:
        self.to = 0
        """Of the end."""
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        """Raises InvalidInput when there is no end."""
        for line in self._source:
            if line.startswith(END):
                self.to = msgspec.json.decode(line, type=End).to
                return
            yield line
        raise InvalidInput('the last line is not {"to": …}: not everything arrived, send it again')


def main(source: BinaryIO, answer: BinaryIO) -> None:
    os.nice(NICE)
    task = msgspec.json.decode(source.readline(), type=ImportTask)
    lines, reading = Lines(source), _reading(task)
    try:
        count = prepare(
            Path(task.folder),
            Import(task.rules.site.id, f"{task.source}.{task.begin}"),
            reading.events(lines),
            task.limits,
            lambda: import_name(task.source, task.begin, lines.to),
        )
    except (InvalidInput, msgspec.MsgspecError) as error:
        field = getattr(error, "field", None)
        answer.write(msgspec.json.encode(Imported(error=str(error), field=field)))
        return
    dropped = {reason.value: number for reason, number in reading.dropped.items()}
    answer.write(msgspec.json.encode(Imported(to=lines.to, events=count, dropped=dropped)))


def _reading(task: ImportTask) -> NdjsonImport:
    find_place = place_finder(open_geo_database(task.geo_database))
    return NdjsonImport(task.rules, task.now, find_place)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
