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

T = TypeVar("T")

BATCH = 1_000
MARGIN_MS = 60_000
"""What is about to be too old for the window goes into history."""
PAUSES_S = (0.5, 1.0, 2.0)
PASSING = (Overloaded, RateLimited, Unreachable)
"""Errors after which trying again may help."""


class KnownSource(msgspec.Struct, rename="camel"):
    """How far the server has read a file."""

    to: int | None
    """None for a server that keeps no history, and so only takes what is fresh."""
    host: str
    fresh_seconds: int


class ImportResult(msgspec.Struct):
    events: int
    dropped: dict[str, int]


@dataclass(slots=True)
class _Fresh:
    """What is for the window: not sent yet, and what became of the rest."""

    waiting: list[bytes] = field(default_factory=list)
    taken: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


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
        self, file: LogFile, source: KnownSource, views: PageViews, read: Callable[[Block], None]
    ) -> None:
        """Send all that ``file`` has now, from its place on. ``read`` is called with each block.
        Raises FootfallError: then nothing was taken but what is fresh, and that may be sent
        again."""
        begin, path = file.place, self._path(file.source or "")
        fresh = _Fresh()
        events = self._events(file, source, views, read, fresh)
        if source.to is None:
            self.dropped["stale"] += sum(part.count(b"\n") for part in events)
        else:
            answer = _checked(
                lambda: self._client.post(path, params={"from": begin}, content=events)
            )
            taken = msgspec.json.decode(answer.content, type=ImportResult)
            self.into_history += taken.events
            self.dropped.update(taken.dropped)
        self.into_window += fresh.taken
        self.dropped.update(fresh.dropped)

    def _events(
        self,
        file: LogFile,
        source: KnownSource,
        views: PageViews,
        read: Callable[[Block], None],
        fresh: _Fresh,
    ) -> Iterator[bytes]:
        """Those for history, and how far they are read. What is fresh is sent on the way, in time:
        it has ids, and counts once."""
        fresh_since = _now() - source.fresh_seconds * 1_000 + MARGIN_MS
        for block in file.blocks():
            read(block)
            old: list[bytes] = []
            for view in views.of(block.lines, block.place, file.source or ""):
                (fresh.waiting if view.ts >= fresh_since else old).append(view.event)
            while len(fresh.waiting) >= BATCH:
                self._collect(fresh)
            if old:
                yield b"\n".join(old) + b"\n"
        if fresh.waiting:
            self._collect(fresh)
        yield msgspec.json.encode({"to": WHOLE if file.is_complete else file.place})

    def _collect(self, fresh: _Fresh) -> None:
        batch = fresh.waiting[:BATCH]
        answer = persist(
            lambda: _checked(lambda: self._client.post("/collect", content=b"\n".join(batch)))
        )
        del fresh.waiting[:BATCH]
        said = answer.headers.get("footfall-dropped", "")
        pairs = (part.partition("=") for part in said.split(", "))
        dropped = {reason: int(count) for reason, _, count in pairs if count}
        fresh.dropped.update(dropped)
        fresh.taken += len(batch) - sum(dropped.values())

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


def _now() -> int:
    return time.time_ns() // 1_000_000
