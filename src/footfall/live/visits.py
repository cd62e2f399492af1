"""The visits of the retention: who is here, and the story of one visit, told from the log."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime
from hashlib import blake2b

from footfall.documents import VisitDocument, VisitRow
from footfall.errors import NotFound
from footfall.live.log_reader import LogReader
from footfall.model import SIGNALS, Event
from footfall.principal import Principal
from footfall.times import VISIT_GAP_MS, utc
from footfall.window.feed import entries_of
from footfall.window.reader import feed_row, row_ids
from footfall.window.site import SiteWindow

ID_BYTES = 12
"""16 characters."""
MAX_EVENTS = 1000
"""Of one visit; the oldest give way."""
NO_VISIT = (
    "there is no such visit in the last {minutes} minutes: ids are of one day, and of visits that "
    "the live window still holds"
)


class Visits:
    """``salt`` gives the secret of a UTC day, from which the ids of its visits are made: they say
    nothing of the visitor, and nothing of another day's visits."""

    def __init__(self, reader: LogReader, salt: Callable[[date], bytes]) -> None:
        self._reader = reader
        self._salt = salt

    async def present(self, site: str, limit: int, caller: Principal) -> list[VisitRow]:
        """The visits of those who have the site open, the latest to come first. Raises Overloaded,
        StoreUnavailable."""
        window, found = self._reader.window(site), _Visitors()
        async for event in self._reader.read(site, caller):
            key = window.population.key(event)
            visitor = window.population.get(key)
            if visitor is not None and visitor.open > 0:
                found.add(key, event)
        rows = [self._row(site, window, visit) for visit in found.visits]
        return sorted(rows, key=lambda row: row.since, reverse=True)[:limit]

    async def of_event(self, site: str, row: str, caller: Principal) -> list[VisitRow]:
        """The visit in which a row of the feed, by its id, happened; empty if there is none.
        Raises Overloaded, StoreUnavailable."""
        window, found = self._reader.window(site), _Visitors()
        wanted: int | None = None
        async for event in self._reader.read(site, caller):
            key = window.population.key(event)
            found.add(key, event)
            if wanted is None and event.type not in SIGNALS and row in row_ids(event):
                wanted = key
        visit = None if wanted is None else found.of(wanted)
        return [] if visit is None else [self._row(site, window, visit)]

    async def visit(self, site: str, visit_id: str, caller: Principal) -> VisitDocument:
        """Raises NotFound, Overloaded, StoreUnavailable."""
        window, found = self._reader.window(site), _Visitors(keeps_events=True)
        is_wanted: dict[int, bool] = {}
        async for event in self._reader.read(site, caller):
            key = window.population.key(event)
            if key not in is_wanted:
                is_wanted[key] = self._id(site, window, key) == visit_id
            if is_wanted[key]:
                found.add(key, event)
        for visit in found.visits:
            return _document(self._row(site, window, visit), visit)
        raise NotFound(NO_VISIT.format(minutes=window.limits.retention_minutes))

    def _row(self, site: str, window: SiteWindow, visit: "_Visit") -> VisitRow:
        visitor = window.population.get(visit.key)
        latest = visit.latest
        return VisitRow(
            id=self._id(site, window, visit.key),
            since=utc(visit.since // 1000),
            last=utc(visit.last // 1000),
            present=visitor is not None and visitor.open > 0,
            page_views=visit.page_views,
            path=latest.path,
            title=visit.title,
            source=visit.source,
            campaign=visit.campaign,
            country=latest.country,
            region=latest.region,
            city=latest.city,
            device=latest.device,
            browser=latest.browser,
            os=latest.os,
        )

    def _id(self, site: str, window: SiteWindow, key: int) -> str:
        day = datetime.fromtimestamp(window.now, UTC).date()
        secret = blake2b(f"visits of {site}".encode(), key=self._salt(day)).digest()
        who = key.to_bytes(8, "little", signed=True)
        return urlsafe_b64encode(blake2b(who, key=secret, digest_size=ID_BYTES).digest()).decode()


class _Visit:
    """What is told of one visit."""

    __slots__ = ("campaign", "events", "key", "last", "latest", "page_views", "since", "source",
                 "title")  # fmt: skip

    def __init__(self, key: int, first: Event) -> None:
        self.key = key
        self.since = self.last = first.time
        self.latest = first
        self.page_views = 0
        self.title: str | None = None
        self.source: str | None = None
        self.campaign: str | None = None
        self.events: list[Event] = []

    def add(self, event: Event, *, keeps_event: bool) -> None:
        self.last = event.time
        if event.type in SIGNALS:
            return
        self.latest = event
        if event.type == "pageview":
            self.page_views += 1
            self.title = event.title
        if self.source is None and event.source is not None:
            self.source, self.campaign = event.source, event.campaign
        if keeps_event:
            self.events.append(event)
            del self.events[:-MAX_EVENTS]


class _Visitors:
    """The last visit of each visitor; events come in the order of their times."""

    def __init__(self, *, keeps_events: bool = False) -> None:
        self._keeps_events = keeps_events
        self._visits: dict[int, _Visit] = {}

    @property
    def visits(self) -> list[_Visit]:
        return list(self._visits.values())

    def of(self, key: int) -> _Visit | None:
        return self._visits.get(key)

    def add(self, key: int, event: Event) -> None:
        visit = self._visits.get(key)
        if visit is None or event.time - visit.last >= VISIT_GAP_MS:
            if event.type in SIGNALS:
                return
            visit = self._visits[key] = _Visit(key, event)
        visit.add(event, keeps_event=self._keeps_events)


def _document(row: VisitRow, visit: _Visit) -> VisitDocument:
    events = [feed_row(entry) for event in visit.events for entry in entries_of(event)]
    return VisitDocument(
        **{name: getattr(row, name) for name in row.__struct_fields__}, events=events
    )
