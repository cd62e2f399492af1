"""``python -m footfall.imports FD``: the process of one import, started by ``history/importer.py``.

Its task comes on its standard input, which stays open as long as the server wants the import; the
events are in the open file FD. It says what it did on its output.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from footfall.enrich.geo_database import open_geo_database, place_finder
from footfall.errors import InvalidInput
from footfall.history.archive.incoming import Import, building_folder, prepare
from footfall.history.importer import End, Imported, ImportTask
from footfall.history.sources import import_name
from footfall.imports.ndjson import NdjsonImport, lines_of

NICE = 10
"""What happens now comes first."""
END = b'{"to":'
"""How the last line begins."""


class Lines:
    """Those of the events, up to the end."""

    def __init__(self, source: BinaryIO) -> None:
        self.end = End(0)
        self._source = source

    def __iter__(self) -> Iterator[bytes]:
        """Raises InvalidInput when there is no end."""
        for line in lines_of(self._source):
            if line.startswith(END):
                self.end = msgspec.json.decode(line, type=End)
                return
            yield line
        raise InvalidInput('the last line is not {"to": …}: not everything arrived, send it again')


def main(task: ImportTask, source: BinaryIO) -> Imported:
    lines, reading, wanted = Lines(source), _reading(task), _wanted(task)
    try:
        count = prepare(
            Path(task.folder),
            wanted,
            reading.events(lines),
            task.limits,
            lambda: import_name(task.source, task.begin, lines.end.to),
        )
    except (InvalidInput, msgspec.MsgspecError) as error:
        return Imported(error=str(error), field=getattr(error, "field", None))
    dropped = {reason.value: number for reason, number in reading.dropped.items()}
    return Imported(to=lines.end.to, marks=lines.end.marks, events=count, dropped=dropped)


def _wanted(task: ImportTask) -> Import:
    """Its digest ends with where the source ends, which is not known before."""
    return Import(task.rules.site.id, f"{task.source}.{task.begin}")


def _reading(task: ImportTask) -> NdjsonImport:
    find_place = place_finder(open_geo_database(task.geo_database))
    return NdjsonImport(task.rules, task.now, find_place)


def _end_with_the_server(task: ImportTask) -> None:
    os.read(sys.stdin.fileno(), 1)
    shutil.rmtree(building_folder(Path(task.folder), _wanted(task)), ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    os.nice(NICE)
    given = msgspec.json.decode(sys.stdin.buffer.readline(), type=ImportTask)
    threading.Thread(target=_end_with_the_server, args=(given,), daemon=True).start()
    with open(int(sys.argv[1]), "rb") as events:  # noqa: PTH123 - a descriptor
        sys.stdout.buffer.write(msgspec.json.encode(main(given, events)))
