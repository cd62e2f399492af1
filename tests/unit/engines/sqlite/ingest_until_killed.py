"""Child process of ``test_durability``: appends for ever and prints each acknowledged id.

Usage: ``python ingest_until_killed.py STORE_URL RUN``
"""

import asyncio
import sys

from footfall.engines.open import open_store
from footfall.eventlog.writer import BatchingWriter
from footfall.model import Event

REQUESTS = 16
EVENTS_PER_REQUEST = 3


async def main(url: str, run: str) -> None:
    writer = BatchingWriter(open_store(url).event_log, capacity=10_000)
    await asyncio.gather(*(request(writer, f"{run}-{number}") for number in range(REQUESTS)))


async def request(writer: BatchingWriter, name: str) -> None:
    number = 0
    while True:
        ids = [f"{name}-{number + n}" for n in range(EVENTS_PER_REQUEST)]
        await writer.add(
            [Event("a", number, each, "pageview", 1, "example.com", "/") for each in ids]
        )
        sys.stdout.write("\n".join(ids) + "\n")
        sys.stdout.flush()
        number += EVENTS_PER_REQUEST


asyncio.run(main(*sys.argv[1:]))
