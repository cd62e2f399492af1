"""The real parsing of ``POST /collect`` (caller, body, collector, enricher), without a server or a
store, and the properties that every request must keep."""

import asyncio
import time
from collections.abc import Coroutine, Sequence
from typing import Any, TypeAlias

import msgspec

from footfall.collect.address import TrustedProxies
from footfall.collect.caller import Callers
from footfall.collect.collector import OWNERS, Collector
from footfall.collect.rate_limit import RateLimiter
from footfall.enrich.enricher import Enricher, enrichment_steps
from footfall.eventlog.port import Done
from footfall.http.resources.collect import BodyLimits, CollectEndpoint
from footfall.ingest import Ingest
from footfall.model import Event, Goal, Site, SiteRules
from footfall.window.limits import WindowLimits
from footfall.window.query import ViewQuery
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow

START = 1_768_473_012_345
STEP_MS = 20
"""Between two requests: so that the window forgets."""
RETENTION_MS = 30 * 60_000
PEER = ("127.0.0.1", 40_000)
CALLER_ADDRESS = "198.51.100.201"
WRITE = b"Bearer write"
GOOD_EVENT: dict[str, object] = {
    "s": "a",
    "e": "pageview",
    "u": "https://example.com/a?utm_source=b",
    "r": "https://t.co/x",
}
GOOD = msgspec.json.encode(GOOD_EVENT)
ANSWERS = {204, 400, 401, 403, 404, 413, 429}
BASE_SECONDS, SECONDS_PER_BYTE = 0.05, 10e-6
"""Processor time that a request may take. It is generous, so that only what grows faster than the
request is found: a body of 64 KB with 1,600 events takes about 30 ms."""
MAX_ID = 64 + len(OWNERS)
READ_EVERY = 256
"""Requests between two readings of the window."""
PATIENCE = 3
"""Repetitions, of which the fastest counts: the machine does other things too."""

SITE = SiteRules(
    Site(id="a", name="A", exclude_paths=("/private/*", "*/x*y"), exclude_ips=("192.0.2.0/24",)),
    (
        Goal(id="1", site_id="a", name="Path", kind="path", match="pattern", value="^/a.*b+$"),
        Goal(id="2", site_id="a", name="Event", kind="event", value="signup"),
    ),
)
OWN = SiteRules(Site(id="own", name="Own", domains=("example.com", "www.example.org")))


class Request(msgspec.Struct, frozen=True):
    body: bytes
    headers: list[tuple[bytes, bytes]] = []
    trusted: bool = False
    """Whether it has the site's write token."""

    @classmethod
    def of(cls, event: dict[str, Any]) -> "Request":
        """One event with a write token, so that its ``ip`` and ``ua`` are heard."""
        return cls(msgspec.json.encode(event), trusted=True)

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(name) + len(value) for name, value in self.headers)

    @property
    def all_headers(self) -> list[tuple[bytes, bytes]]:
        return [
            (b"x-forwarded-for", CALLER_ADDRESS.encode()),
            *([(b"authorization", WRITE)] if self.trusted else []),
            *self.headers,
        ]


class Broken(Exception):
    """A request broke a property."""


Message: TypeAlias = dict[str, Any]


class Committed:
    """A writer whose events are stored at once: it keeps those of the last request."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        loop = asyncio.new_event_loop()
        self._done: asyncio.Future[None] = loop.create_future()
        self._done.set_result(None)
        loop.close()

    def add(self, events: Sequence[Event]) -> asyncio.Future[None]:
        self.events.extend(events)
        return self._done

    def submit(self, events: Sequence[Event], done: Done) -> None:
        self.events.extend(events)
        done(None)


class Probe:
    """Sends requests to the endpoint and checks what comes of them. Raises Broken."""

    def __init__(self) -> None:
        self.checked = 0
        self._now = START
        self._writer = Committed()
        self._window = SiteWindow(WindowLimits(), START // 1000)
        self._reader = Reader(self._window, ViewQuery(SITE.site.id))
        rules = {each.site.id: each for each in (SITE, OWN)}
        steps = enrichment_steps(lambda day: day.isoformat().encode(), RETENTION_MS)
        limiter = RateLimiter(0)
        ingest = Ingest(rules.get, Collector(RETENTION_MS), Enricher(steps), self._writer, limiter)
        callers = Callers(
            TrustedProxies(("127.0.0.0/8", "::1/128")),
            limiter,
            {"write": SITE.site.id}.get,
            lambda: self._now,
        )
        self._endpoint = CollectEndpoint(ingest, callers, BodyLimits())

    def check(self, request: Request) -> int:
        """Returns the status of the answer."""
        self.checked += 1
        self._now += STEP_MS
        status, seconds = self._timed(request)
        if status not in ANSWERS:
            raise Broken(f"the answer is {status}")
        allowed = BASE_SECONDS + SECONDS_PER_BYTE * request.size
        for _ in range(PATIENCE):
            if seconds > allowed:
                seconds = min(seconds, self._timed(request)[1])
        if seconds > allowed:
            raise Broken(f"{request.size} bytes took {seconds:.3f} s, more than {allowed:.3f} s")
        for event in self._writer.events:
            self._check_event(event, request)
        if self.checked % READ_EVERY == 0:
            msgspec.json.encode(self._reader.document())
        return status

    def _timed(self, request: Request) -> tuple[int, float]:
        """The status and the seconds of processor time."""
        self._writer.events.clear()
        started = time.process_time()
        status = self._answer(request)
        return status, time.process_time() - started

    def _answer(self, request: Request) -> int:
        scope = {"type": "http", "method": "POST", "path": "/collect", "client": PEER}
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": request.body}

        async def send(message: Any) -> None:
            sent.append(message)

        finish(self._endpoint({**scope, "headers": request.all_headers}, receive, send))
        status: int = sent[0]["status"]
        return status

    def _check_event(self, event: Event, request: Request) -> None:
        encoded = msgspec.json.encode(event)
        if msgspec.json.decode(encoded, type=Event) != event:
            raise Broken(f"an event changes when it is stored: {event!r}")
        if CALLER_ADDRESS.encode() in encoded and CALLER_ADDRESS.encode() not in request.body:
            raise Broken("an event contains its caller's address")
        oldest = self._now - RETENTION_MS
        if not (oldest <= event.time <= self._now and event.path[:1] == "/" and event.host):
            raise Broken(f"an event is not valid: {event!r}")
        if not 0 < len(event.id) <= MAX_ID or not event.id.isprintable():
            raise Broken(f"an event has the id {event.id!r}")
        if event.site == SITE.site.id:
            self._window.fold(event)


def finish(work: Coroutine[Any, Any, None]) -> None:
    """Run what never waits for anything, without an event loop."""
    try:
        while True:
            work.send(None)
    except StopIteration:
        pass
