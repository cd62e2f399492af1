"""Page views of a log file to a running server: what is fresh into its window, what is older into
its history."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec

from footfall.client.refusals import Unreachable, refusal
from footfall.errors import FootfallError, Overloaded, RateLimited
from footfall.logfiles.page_views import PageViews
from footfall.logfiles.reading import WHOLE, Block, LogFile
from footfall.times import DAY_MS, MAX_AHEAD_MS

T = TypeVar("T")

BATCH = 1_000
MARGIN_MS = 60_000
"""What is about to be too old for the window goes into history."""
LONGEST_WAIT_MS = DAY_MS
"""Clocks and time zones are not further apart."""
PAUSES_S = (0.5, 1.0, 2.0)
PASSING = (Overloaded, RateLimited, Unreachable)
"""Errors after which trying again may help."""


class KnownSource(msgspec.Struct, rename="camel"):
    """How far the server has read a file, and what time it is there (ms)."""

    to: int | None
    """None for a server that keeps no history, and so only takes what is fresh."""
    host: str
    fresh_seconds: int
    now: int
    marks: dict[str, str]


class ImportResult(msgspec.Struct):
    events: int
    dropped: dict[str, int]


@dataclass(slots=True)
class _Stretch:
    """What is sent of a file at once: what is for the window and not sent yet, and what became of
    the rest."""

    source: str
    waiting: list[bytes] = field(default_factory=list)
    taken: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    ahead_ms: int = 0
    """How far the first line that was not sent is ahead of the server's clock."""


class Sender:
    """Sends the views of one site, and counts what became of them."""

    def __init__(self, client: httpx.Client, site: str) -> None:
        """``client`` has the server's address and the token."""
        self.into_window = 0
        self.into_history = 0
        self.dropped: Counter[str] = Counter()
        """By reason: what the server left out, or could not take."""
        self._client = client
        self.site = site

    def known(self, source: str) -> KnownSource:
        """Raises FootfallError."""
        answer = _checked(lambda: self._client.get(self._path(source)))
        return msgspec.json.decode(answer.content, type=KnownSource)

    def send(
        self,
        file: LogFile,
        source: str,
        known: KnownSource,
        views: PageViews,
        read: Callable[[Block], None],
    ) -> int:
        """Send all that ``file`` has now, from its place on, and that the server's clock has
        reached; returns how far (ms) the next line is ahead of it, 0 where all was sent. ``read``
        is called with each block. Raises FootfallError: then nothing was taken but what is fresh,
        and that may be sent again."""
        begin, stretch = file.place, _Stretch(source)
        events = self._events(file, stretch, known, views, read)
        if known.to is None:
            self.dropped["stale"] += sum(part.count(b"\n") for part in events)
        else:
            answer = _checked(
                lambda: self._client.post(
                    self._path(source), params={"from": begin}, content=events
                )
            )
            taken = msgspec.json.decode(answer.content, type=ImportResult)
            self.into_history += taken.events
            self.dropped.update(taken.dropped)
        self.into_window += stretch.taken
        self.dropped.update(stretch.dropped)
        return stretch.ahead_ms

    def _events(
        self,
        file: LogFile,
        stretch: _Stretch,
        known: KnownSource,
        views: PageViews,
        read: Callable[[Block], None],
    ) -> Iterator[bytes]:
        """Those for history, and how far they are read. What is fresh is sent on the way, in time:
        it has ids, and counts once. All times are the server's, whatever this machine's clock
        says."""
        fresh_since = known.now - known.fresh_seconds * 1_000 + MARGIN_MS
        clock = _clock(known.now)
        end = None
        for block in file.blocks():
            read(block)
            if block.skipped:
                views.leave_long(block.skipped)
            old: list[bytes] = []
            for view in views.of(block.lines, block.place, stretch.source):
                stretch.ahead_ms = _ahead(view.ts, clock)
                if stretch.ahead_ms:
                    views.lines -= 1
                    end = view.place
                    break
                (stretch.waiting if view.ts >= fresh_since else old).append(view.event)
            while len(stretch.waiting) >= BATCH:
                self._collect(stretch)
            if old:
                yield b"\n".join(old) + b"\n"
            if end is not None:
                break
        if stretch.waiting:
            self._collect(stretch)
        if end is None:
            end = WHOLE if file.is_complete else file.place
        yield msgspec.json.encode({"to": end, "marks": file.marks.up_to(end)})

    def _collect(self, stretch: _Stretch) -> None:
        batch = stretch.waiting[:BATCH]
        answer = persist(
            lambda: _checked(lambda: self._client.post("/collect", content=b"\n".join(batch)))
        )
        del stretch.waiting[:BATCH]
        said = answer.headers.get("footfall-dropped", "")
        pairs = (part.partition("=") for part in said.split(", "))
        dropped = {reason: int(count) for reason, _, count in pairs if count}
        stretch.dropped.update(dropped)
        stretch.taken += len(batch) - sum(dropped.values())

    def _path(self, source: str) -> str:
        return f"/api/analytics/sites/{self.site}/imports/{source}"


def persist(
    work: Callable[[], T],
    pauses: Iterable[float] = PAUSES_S,
    errors: tuple[type[FootfallError], ...] = PASSING,
    told: Callable[[FootfallError], None] = lambda _: None,
) -> T:
    """Try again after such an error, after each of the pauses; ``told`` hears of each. Raises the
    last."""
    for pause in pauses:
        try:
            return work()
        except errors as error:
            told(error)
            time.sleep(pause)
    return work()


def _checked(ask: Callable[[], httpx.Response]) -> httpx.Response:
    """Raises FootfallError."""
    try:
        answer = ask()
    except httpx.TransportError as error:
        raise Unreachable(f"nothing answers: {error}; is the server running?") from error
    if not answer.is_success:
        raise refusal(answer.status_code, answer.content)
    return answer


def _clock(now: int) -> Callable[[], int]:
    """The server's, which is at ``now`` (ms)."""
    began = time.monotonic()
    return lambda: now + round((time.monotonic() - began) * 1_000)


def _ahead(ts: int, clock: Callable[[], int]) -> int:
    """How far (ms) a line's time is ahead of the server's clock, and so waits for it. 0 for one
    that is not, and for a date that makes no sense: the server drops it."""
    ahead = ts - clock() - MAX_AHEAD_MS
    return ahead if 0 < ahead < LONGEST_WAIT_MS else 0
