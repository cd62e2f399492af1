"""Sends what was generated, and judges the answers."""

import re
import time
from collections import Counter
from collections.abc import Callable
from random import Random

import msgspec

from tools.fuzz_whole import reads, writes
from tools.fuzz_whole.requests import Request
from tools.fuzz_whole.target import Answer, Finding, Target

Maker = Callable[[Random, int], Request]

MAKERS: dict[Maker, int] = {
    writes.collect: 40,
    writes.plausible: 10,
    writes.umami: 10,
    writes.imported: 3,
    writes.changed_rules: 3,
    reads.realtime: 6,
    reads.stream: 3,
    reads.stats: 8,
    reads.query: 8,
    reads.concurrency: 3,
    reads.visits: 3,
    reads.small: 3,
}
"""And how often each comes."""
CHECK_EVERY = 100
INNER = re.compile(rb"[ (:]b'|Traceback|site-packages|<built-in")
"""What only programmers understand."""


class Attack:
    """Request ``number`` of a seed is always the same, but for the times in it."""

    def __init__(self, target: Target, seed: int) -> None:
        self.statuses: Counter[int] = Counter()
        self._target = target
        self._seed = seed

    def request(self, number: int) -> Request:
        random = Random(f"{self._seed}:{number}")
        make = random.choices(list(MAKERS), list(MAKERS.values()))[0]
        return make(random, round(time.time() * 1000))

    def run(self, number: int) -> None:
        """Raises Finding."""
        request = self.request(number)
        answer = self._target.send(request)
        self.statuses[answer.status] += 1
        judge(answer)
        if number % CHECK_EVERY == 0:
            self._target.check()


def judge(answer: Answer) -> None:
    """Raises Finding."""
    if answer.status >= 500:
        raise Finding(f"the answer is {answer.status} {answer.body[:500]!r}")
    if answer.media != "application/json" or not answer.body:
        return
    try:
        found = msgspec.json.decode(answer.body)
    except msgspec.DecodeError as error:
        raise Finding(f"the answer is no JSON: {error}: {answer.body[:300]!r}") from None
    if answer.status >= 400:
        if not isinstance(found, dict) or not found.get("error"):
            raise Finding(f"a {answer.status} does not say why: {answer.body[:300]!r}")
        if INNER.search(answer.body):
            raise Finding(f"an error is for programmers: {answer.body[:500]!r}")
