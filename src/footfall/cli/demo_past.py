"""``python -m footfall.cli.demo_past`` makes the demo site's past, in a process of its own: the
live page must feel nothing of it."""

import os
import sys
from datetime import datetime
from pathlib import Path

import click

from footfall.clock import now_ms
from footfall.demo import past
from footfall.demo.site import SITE_ID, SITE_RULES
from footfall.history.archive.incoming import Import, prepare
from footfall.history.limits import ArchiveLimits
from footfall.imports.ndjson import NdjsonImport
from footfall.model import DropReason

NICE = 10


def write(folder: Path, base_url: str, end: datetime, seed: int | None) -> None:
    """For the archive in ``folder`` to take in."""
    reading = NdjsonImport(SITE_RULES, now_ms())
    events = reading.events(past.lines(base_url, end, seed))
    count = prepare(folder, Import(SITE_ID, "demo"), events, ArchiveLimits(retention_ms=0))
    bots = reading.dropped[DropReason.BOT]
    click.echo(f"Past of the demo: {count:,} events, and {bots:,} of bots that don't count")


if __name__ == "__main__":
    os.nice(NICE)
    _, folder, base_url, end, seed = sys.argv
    write(Path(folder), base_url, datetime.fromisoformat(end), int(seed) if seed else None)
