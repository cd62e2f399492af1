"""The ports in memory, for ``memory://`` and for tests. Nothing is kept after the process ends."""

import asyncio
import secrets
from bisect import bisect_left, insort
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TypeAlias

import msgspec

from footfall.background import BackgroundTask
from footfall.catalog import rules
from footfall.catalog.port import CatalogState
from footfall.engines.tails import StoreTail, Tails
from footfall.errors import StoreUnavailable
from footfall.eventlog.port import Cutoffs
from footfall.history.port import highest
from footfall.model import (
    SIGNALS,
    Batch,
    BrowserSession,
    Event,
    Goal,
    MinuteCounts,
    Offset,
    Site,
    Token,
)

CHUNK = 500
PRUNE_STEP = 2_000
MINUTES_KEPT = 2_880
"""Two days: a store in memory is for trying things out."""

Entry: TypeAlias = tuple[int, str, Offset, Event]
"""(time, id, offset, event): sorted in the order of ``replay``; offsets are unique."""


class MemoryEventLog:
    """See ``eventlog.port.EventLog``. One sorted list per site; ``prune`` keeps it short."""

    def __init__(self) -> None:
        self._entries: dict[str, list[Entry]] = {}
        self._tails = Tails(0, self._read_after)

    async def append(self, events: Sequence[Event]) -> None:
        self._check_open()
        if not events:
            return
        for offset, event in enumerate(events, self._tails.end + 1):
            entries = self._entries.setdefault(event.site, [])
            insort(entries, (event.time, event.id, offset, event))
        self._tails.deliver(Batch(self._tails.end + len(events), list(events)))

    async def probe(self) -> None:
        self._check_open()

    async def tail(self) -> StoreTail:
        self._check_open()
        return self._tails.open()

    async def replay(self, site: str, since: int, until: Offset) -> AsyncIterator[list[Event]]:
        after: tuple[int, str, Offset] = (since, "", 0)
        while True:
            self._check_open()
            entries = self._entries.get(site, [])
            begin = bisect_left(entries, after, key=lambda entry: entry[:3])
            found = list(islice(_until(entries, begin, until), CHUNK))
            if not found:
                return
            last = found[-1]
            after = (last[0], last[1], last[2] + 1)
            yield [entry[3] for entry in found]
            await asyncio.sleep(0)

    async def first_event(self, site: str) -> int | None:
        self._check_open()
        entries = self._entries.get(site)
        return entries[0][0] if entries else None

    async def prune(self, cutoffs: Cutoffs) -> int:
        self._check_open()
        touched = 0
        for site in list(self._entries):
            touched += self._prune_site(site, cutoffs, PRUNE_STEP - touched)
            if touched >= PRUNE_STEP:
                break
        return touched

    def forget(self, site: str) -> None:
        """Delete every event of the site."""
        self._entries.pop(site, None)

    @property
    def tasks(self) -> Sequence[BackgroundTask]:
        return ()

    def problem(self) -> str | None:
        return None

    async def close(self) -> None:
        self._tails.close()

    def _check_open(self) -> None:
        if self._tails.is_closed:
            raise StoreUnavailable("the store is closed: the server is shutting down")

    def _prune_site(self, site: str, cutoffs: Cutoffs, most: int) -> int:
        entries, kept, touched = self._entries[site], [], 0
        newest = max(cutoffs.events, cutoffs.signals, cutoffs.links)
        end = bisect_left(entries, (newest,))
        for entry in islice(entries, end):
            event = entry[3] if touched == most else _pruned(entry[3], cutoffs)
            touched += event is not entry[3]
            if event is not None:
                kept.append((*entry[:3], event))
        entries[:end] = kept
        if not entries:
            del self._entries[site]
        return touched

    async def _read_after(self, after: Offset, until: Offset) -> Batch:
        self._check_open()
        found = sorted(
            (entry[2], entry[3])
            for entries in self._entries.values()
            for entry in entries
            if after < entry[2] <= until
        )
        events = [event for _, event in found[:CHUNK]]
        return Batch(found[CHUNK - 1][0] if len(found) > CHUNK else until, events)


class MemoryMinutes:
    """See ``history.port.MinuteStore``. Keeps the last ``MINUTES_KEPT`` of each site."""

    def __init__(self) -> None:
        self._minutes: dict[str, dict[int, MinuteCounts]] = {}

    async def put(self, minutes: Mapping[str, Sequence[MinuteCounts]]) -> None:
        for site, added in minutes.items():
            kept = {**self._minutes.get(site, {}), **{each.minute: each for each in added}}
            self._minutes[site] = {key: kept[key] for key in sorted(kept)[-MINUTES_KEPT:]}

    async def read(self, site: str, since: int, until: int) -> list[MinuteCounts]:
        return [each for key, each in self._minutes.get(site, {}).items() if since <= key < until]

    async def peak(self, site: str, since: int, until: int) -> MinuteCounts | None:
        return highest(await self.read(site, since, until))

    async def ends(self, site: str) -> tuple[int, int] | None:
        kept = self._minutes.get(site)
        return (min(kept), max(kept)) if kept else None

    def forget(self, site: str) -> None:
        """Delete every minute of the site."""
        self._minutes.pop(site, None)


def _until(entries: list[Entry], begin: int, until: Offset) -> Iterator[Entry]:
    return (entry for entry in islice(entries, begin, None) if entry[2] <= until)


def _pruned(event: Event, cutoffs: Cutoffs) -> Event | None:
    """The event without what is too old: itself if nothing is, None if all of it is."""
    if event.time < (cutoffs.signals if event.type in SIGNALS else cutoffs.events):
        return None
    if event.previous_visitor is not None and event.time < cutoffs.links:
        return msgspec.structs.replace(event, previous_visitor=None)
    return event


class MemoryCatalog:
    """See ``catalog.port.Catalog``. Removed sites leave nothing to sweep."""

    def __init__(self, forget: Callable[[str], None] = lambda _site: None) -> None:
        """``forget`` deletes what other parts of the store hold of a site."""
        self._forget = forget
        self._version = 0
        self._sites: dict[str, Site] = {}
        self._added: dict[str, int] = {}
        self._goals: dict[tuple[str, str], Goal] = {}
        self._tokens: dict[str, Token] = {}
        self._sessions: dict[str, BrowserSession] = {}
        self._salts: dict[date, bytes] = {}
        self._id = secrets.token_hex(16)

    async def store_id(self) -> str:
        return self._id

    async def version(self) -> int:
        return self._version

    async def load(self) -> CatalogState:
        return CatalogState(
            version=self._version,
            sites=tuple(self._sites[key] for key in sorted(self._sites)),
            goals=tuple(self._goals[key] for key in sorted(self._goals)),
            tokens=tuple(sorted(self._tokens.values(), key=lambda each: (each.created, each.id))),
            sessions=tuple(
                sorted(self._sessions.values(), key=lambda each: (each.created, each.id))
            ),
            added=dict(self._added),
        )

    async def put_site(self, site: Site) -> None:
        rules.check_new_site(site, list(self._sites.values()))
        self._forget(site.id)
        self._version += 1
        self._sites[site.id] = site
        self._added[site.id] = self._version

    async def change_site(self, before: Site, after: Site) -> bool:
        self._check_site(before.id)
        if self._sites[before.id] != before:
            return False
        rules.check_changed_site(before, after, self._sites.values())
        self._sites[before.id] = after
        self._version += 1
        return True

    async def delete_site(self, site_id: str) -> bool:
        if self._sites.pop(site_id, None) is None:
            return False
        del self._added[site_id]
        self._goals = {key: goal for key, goal in self._goals.items() if key[0] != site_id}
        self._drop_tokens({key for key, each in self._tokens.items() if each.site_id == site_id})
        self._forget(site_id)
        self._version += 1
        return True

    async def sweep(self) -> int:
        return 0

    async def put_goal(self, goal: Goal) -> None:
        self._check_site(goal.site_id)
        rules.check_new_goal(
            goal, [each for each in self._goals.values() if each.site_id == goal.site_id]
        )
        self._goals[goal.site_id, goal.id] = goal
        self._version += 1

    async def delete_goal(self, site_id: str, goal_id: str) -> bool:
        return self._changed(self._goals.pop((site_id, goal_id), None) is not None)

    async def put_token(self, token: Token) -> None:
        if token.site_id is not None:
            self._check_site(token.site_id)
        rules.check_new_token(token, self._tokens.values())
        self._tokens[token.id] = token
        self._version += 1

    async def delete_token(self, token_id: str, *, keeps_admin: bool = False) -> bool:
        if keeps_admin and token_id in self._tokens:
            rules.check_revocation(self._tokens[token_id], self._tokens.values())
        return self._changed(self._drop_tokens({token_id} & self._tokens.keys()))

    async def put_session(self, session: BrowserSession) -> None:
        same = [each for each in self._sessions.values() if each.token_id == session.token_id]
        for surplus in rules.surplus_sessions(same):
            del self._sessions[surplus]
        self._sessions[session.id] = session
        self._version += 1

    async def delete_sessions(self, ids: Collection[str]) -> bool:
        found = [self._sessions.pop(each) for each in set(ids) & self._sessions.keys()]
        return self._changed(bool(found))

    async def salt(self, day: date) -> bytes:
        return self._salts.setdefault(day, secrets.token_bytes(32))

    async def delete_salts(self, before: date) -> None:
        self._salts = {day: salt for day, salt in self._salts.items() if day >= before}

    async def close(self) -> None:
        pass

    def _check_site(self, site_id: str) -> None:
        if site_id not in self._sites:
            raise rules.no_site(site_id)

    def _drop_tokens(self, ids: set[str]) -> bool:
        for token_id in ids:
            del self._tokens[token_id]
        self._sessions = {
            key: each for key, each in self._sessions.items() if each.token_id not in ids
        }
        return bool(ids)

    def _changed(self, has_changed: bool) -> bool:
        self._version += has_changed
        return has_changed
