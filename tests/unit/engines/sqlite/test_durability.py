"""Repeated ``kill -9`` during ingest: every acknowledged event is stored once."""

import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from footfall.engines.open import open_store
from tests.events import stored

ROUNDS = 20
CHILD = Path(__file__).with_name("ingest_until_killed.py")
SOURCE = Path(__file__).parents[4] / "src"


def acknowledged_before_kill(url: str, run: int, lines: int) -> list[str]:
    """Start a child and kill it after ``lines`` acknowledgements. Returns all it printed."""
    with subprocess.Popen(
        [sys.executable, str(CHILD), url, str(run)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
    ) as child:
        assert child.stdout is not None
        printed = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        printed += child.stdout.readlines()
    return [line.decode().strip() for line in printed if line.endswith(b"\n")]


async def test_no_acknowledged_event_is_lost_or_doubled(tmp_path: Path) -> None:
    url, chance = f"sqlite:///{tmp_path}/store.db", random.Random(2)
    acknowledged: list[str] = []
    for run in range(ROUNDS):
        acknowledged += acknowledged_before_kill(url, run, chance.randint(1, 600))
        store = open_store(url)
        found = Counter(event.id for event in await stored(store.event_log))
        await store.close()
        missing = [each for each in acknowledged if each not in found]
        doubled = [each for each, times in found.items() if times > 1]
        assert (missing, doubled) == ([], [])
    assert len(acknowledged) > ROUNDS
