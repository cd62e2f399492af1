"""``kill -9`` a hundred times at full load: what was acknowledged is stored, and counts once.

Half of the kills come at a random moment, half in the midst of a checkpoint, which is when SQLite
writes to the file itself. An event that got no answer is sent again after the restart, with its id.
"""

import asyncio
import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from benchmarks import servers
from benchmarks.figures import Figure, record
from footfall.collect.collector import ANYONES

KILLS = 100
CONNECTIONS = 48
LONGEST_LIFE_S = 1.0
RETENTION_MINUTES = 60
"""So that the last document still counts what the first life stored."""
CHECKPOINT_PATIENCE_S = 5.0
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Load:
    """Connections that each send one event after another. ``acknowledged`` has the ids that were
    answered with 204."""

    def __init__(self, port: int) -> None:
        self.acknowledged: set[str] = set()
        self.sent_again = 0
        self._port = port
        self._unanswered: list[str] = []
        self._numbers = iter(range(10**9))

    async def run(self) -> None:
        """Until the server is gone."""
        left, self._unanswered = self._unanswered, []
        self.sent_again += len(left)
        shares = [left[number::CONNECTIONS] for number in range(CONNECTIONS)]
        await asyncio.gather(*(self._send(share) for share in shares))

    async def _send(self, again: list[str]) -> None:
        event_id = ""
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            with closing(writer):
                while True:
                    event_id = again[-1] if again else f"e{next(self._numbers)}"
                    writer.write(request(event_id))
                    answer = await reader.readuntil(b"\r\n\r\n")
                    if not answer.startswith(b"HTTP/1.1 204"):
                        raise RuntimeError(answer.decode())
                    self.acknowledged.add(event_id)
                    if again:
                        again.pop()
        self._unanswered += again if again else [event_id] if event_id else []


def request(event_id: str) -> bytes:
    event = {"s": servers.SITE, "e": "pageview", "u": "https://x.example/", "id": event_id}
    body = msgspec.json.encode(event)
    head = f"POST /collect HTTP/1.1\r\nHost: x\r\nUser-Agent: {USER_AGENT}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


class Killer(threading.Thread):
    """Kills the server at a random moment, or as soon as a checkpoint has begun."""

    def __init__(
        self, child: subprocess.Popen[bytes], database: Path, at_checkpoint: bool, life: float
    ) -> None:
        super().__init__()
        self.hit_checkpoint = False
        self._child = child
        self._database = database
        self._at_checkpoint = at_checkpoint
        self._life = life

    def run(self) -> None:
        time.sleep(self._life)
        if self._at_checkpoint:
            before = os.stat(self._database).st_mtime_ns  # noqa: PTH116 - a tight loop
            deadline = time.monotonic() + CHECKPOINT_PATIENCE_S
            while time.monotonic() < deadline and not self.hit_checkpoint:
                self.hit_checkpoint = os.stat(self._database).st_mtime_ns != before  # noqa: PTH116
        self._child.kill()
        self._child.wait()


def start(store: str, port: int) -> subprocess.Popen[bytes]:
    env = {
        "FOOTFALL_STORE": store,
        "FOOTFALL_PORT": str(port),
        "FOOTFALL_ADMIN_TOKEN": servers.ADMIN,
        "FOOTFALL_RATE_LIMIT": "0",
        "FOOTFALL_RETENTION_MINUTES": str(RETENTION_MINUTES),
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "footfall", "serve"],
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
    )
    servers.wait_for(f"http://127.0.0.1:{port}/readyz", child)
    return child


class Stored:
    """The ids in the file as their sender knows them, and how often each is there."""

    def __init__(self, database: Path) -> None:
        self.ids: Counter[str] = Counter()
        self._database = database
        self._end = 0

    def read_on(self) -> None:
        """While the server runs, so that it was the server who recovered the file."""
        sql = 'SELECT id, "offset" FROM events WHERE "offset" > ? ORDER BY "offset"'
        with closing(sqlite3.connect(self._database)) as connection:
            for event_id, offset in connection.execute(sql, (self._end,)):
                self.ids[event_id.removeprefix(ANYONES)] += 1
                self._end = offset


def measure() -> list[Figure]:
    dice = random.Random(7)
    hits = lost = 0
    with servers.disk_folder() as folder:
        database = folder / "bench.db"
        store = f"sqlite:///{database}"
        tokens = servers.prepare(store)
        port = servers.free_port()
        load, stored = Load(port), Stored(database)
        for number in range(KILLS):
            child = start(store, port)
            stored.read_on()
            lost += len(load.acknowledged - stored.ids.keys())
            killer = Killer(child, database, number % 2 == 1, dice.random() * LONGEST_LIFE_S)
            killer.start()
            asyncio.run(load.run())
            killer.join()
            hits += killer.hit_checkpoint
        child = start(store, port)
        try:
            stored.read_on()
            document = servers.realtime(
                servers.Server(port, tokens=tokens), RETENTION_MINUTES
            ).json()
            counted = document["pageViews"]
        finally:
            child.terminate()
            child.wait()
    lost += len(load.acknowledged - stored.ids.keys())
    return [
        Figure(
            name=f"acknowledged events lost or counted twice in {KILLS} kills",
            value=lost + abs(counted - len(stored.ids)),
            unit="events",
            bar=0,
            sense="at most",
            details={
                "kills in the midst of a checkpoint": hits,
                "acknowledged": len(load.acknowledged),
                "lost": lost,
                "different events stored": len(stored.ids),
                "page views counted": counted,
                "sent again after a kill": load.sent_again,
                "of these, stored before the kill": sum(n > 1 for n in stored.ids.values()),
            },
        )
    ]


if __name__ == "__main__":
    record("kills", measure())
