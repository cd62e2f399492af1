"""``python -m tools.fuzz_whole`` attacks a server from the bytes of its requests to its reports.

It starts ``footfall serve`` on an empty store, sends generated requests and files, also by the SDK
and ``footfall ingest``, and looks at it from outside: each request has an answer that is no 5xx, no
process restarts, nothing is logged as an error, ``/readyz`` is clean. In the end the live document,
the report, a report of what was archived and a plain count of the log's events must be equal.

``--seed`` and ``--runs`` repeat a run; ``--show NUMBER`` prints one request of it.
"""

import argparse
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tools.fuzz_whole import agreement, files
from tools.fuzz_whole.attack import Attack
from tools.fuzz_whole.target import Finding, Target

FILES_EVERY = 2_000
"""Requests between two rounds of files."""
MAX_FINDINGS = 20


def numbers(runs: int | None, seconds: int) -> Iterator[int]:
    end = time.monotonic() + seconds
    for number in count():
        if number == runs or (runs is None and time.monotonic() > end):
            return
        yield number


def attack(folder: Path, seed: int, wanted: Iterator[int]) -> int:
    """How much was found; prints it."""
    found, number = 0, 0
    with Target(folder) as target:
        attacking = Attack(target, seed)
        for number in wanted:
            try:
                attacking.run(number)
                if number % FILES_EVERY == FILES_EVERY // 2:
                    files.send_all(target, f"{seed}:{number}")
            except Finding as finding:
                found += 1
                say(f"{number}: {finding}\n  {attacking.request(number)!r}"[:6000])
                if found == MAX_FINDINGS:
                    break
        try:
            agreement.check_running(target)
            target.check()
        except Finding as finding:
            found += 1
            say(f"at the end: {finding}")
    try:
        agreement.check_archived(folder)
    except Finding as finding:
        found += 1
        say(f"after the end: {finding}")
    statuses = dict(sorted(attacking.statuses.items()))
    say(f"{number + 1:,} requests, by status {statuses}; {found} findings")
    return found


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz_whole")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runs", type=int, help="requests, instead of seconds")
    parser.add_argument("--seed", type=int, help="repeats a run")
    parser.add_argument("--show", type=int, metavar="NUMBER", help="print this request only")
    chosen = parser.parse_args(arguments)
    seed = secrets.randbelow(1 << 32) if chosen.seed is None else chosen.seed
    if chosen.show is not None:
        say(repr(Attack(Target(Path()), seed).request(chosen.show)))
        return 0
    say(f"seed {seed}")
    folder = Path(tempfile.mkdtemp(prefix="footfall-fuzz-"))
    if attack(folder, seed, numbers(chosen.runs, chosen.seconds)):
        say(f"store, archive and log are in {folder}")
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
