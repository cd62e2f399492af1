"""A window with any number of current visitors, fed with events as the log's tail would."""

import os
import random
from collections.abc import Iterator
from pathlib import Path

import msgspec

from benchmarks.visitors import PAGES
from footfall.model import Event
from footfall.window.limits import WindowLimits
from footfall.window.site import SiteWindow

START = 1_800_000_000
"""In seconds. The events move time on; the window has no clock."""
SPAN = 280
"""Seconds in which the crowd arrives, so that all are current in a view of five minutes."""
LIMITS = WindowLimits()
COUNTRIES = ("US", "DE", "FR", "IN", "BR", "JP", "GB", "CN", "NL", "SE", "PL", "ES", "IT", "CA")
SOURCES = ("Google", "Direct", "Bing", "ChatGPT", "Reddit", "Hacker News")

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Event)


class Stream:
    """Page views of ``size`` visitors: first one of each visitor, then of random ones.

    Events are decoded from bytes, so that each has its own strings, as real events do.
    """

    def __init__(self, size: int) -> None:
        self.size = size
        self._dice = random.Random(size)
        self._keys = [self._dice.getrandbits(63) for _ in range(size)]
        self._made = 0

    def take(self, count: int) -> Iterator[Event]:
        """The next ``count`` events, at a rate of ``size`` in ``SPAN`` seconds."""
        for _ in range(count):
            number = self._made
            self._made += 1
            visitor = number if number < self.size else self._dice.randrange(self.size)
            yield self._event(visitor, START * 1000 + number * SPAN * 1000 // self.size)

    def _event(self, visitor: int, time: int) -> Event:
        dice = random.Random(visitor)
        arrives = self._made <= self.size or self._dice.random() < 0.1
        event = Event(
            site="bench",
            time=time,
            id=f"{self._dice.getrandbits(96):024x}",
            type="pageview",
            visitor=self._keys[visitor],
            host="www.example.com",
            path=self._dice.choice(PAGES),
            sid=f"{dice.getrandbits(64):016x}",
            title="A page",
            source=dice.choice(SOURCES) if arrives else None,
            campaign=dice.choice(["spring", None, None, None]) if arrives else None,
            country=dice.choice(COUNTRIES),
            device=dice.choice(["desktop", "mobile", "mobile", "tablet"]),
            browser=dice.choice(["Chrome", "Safari", "Firefox", "Edge", "Samsung Internet"]),
            os=dice.choice(["Windows", "iOS", "Android", "macOS", "Linux"]),
        )
        return _decoder.decode(_encoder.encode(event))


def filled(stream: Stream) -> SiteWindow:
    """A window in which the whole crowd has arrived."""
    window = SiteWindow(LIMITS, START)
    for event in stream.take(stream.size):
        window.fold(event)
    return window


def resident_bytes() -> int:
    """Resident memory of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
