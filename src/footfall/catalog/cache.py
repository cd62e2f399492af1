"""The catalog in memory, so that requests read it without waiting.

It is refreshed every ``REFRESH_S`` seconds, which picks up changes made by other processes.
"""

import asyncio
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta

import structlog

from footfall.background import BackgroundTask
from footfall.catalog import rules
from footfall.catalog.port import Catalog, CatalogState
from footfall.catalog.sessions import SECRET_LENGTH
from footfall.catalog.tokens import SETTINGS_ID, digest
from footfall.clock import Clock
from footfall.errors import StoreUnavailable
from footfall.model import BrowserSession, Goal, Site, SiteRules, Token
from footfall.urls import bare_host

logger = structlog.get_logger()

REFRESH_S = 1.0
SALT_DAYS = (-1, 0, 1)
"""Yesterday for late events and the midnight bridge; tomorrow so that its salt is loaded before
midnight."""


class CatalogCache:
    """Reads are synchronous and always see one consistent version. Writes go to the catalog and
    are visible here when they return."""

    def __init__(
        self, catalog: Catalog, clock: Clock, is_clock_settled: Callable[[], bool]
    ) -> None:
        """Call ``refresh`` or ``start`` before reading. Old salts are deleted only while the clock
        is settled, since they can't be made again; sessions that are over likewise."""
        self.refresh_failures = 0
        self._catalog = catalog
        self._clock = clock
        self._is_clock_settled = is_clock_settled
        self._deleted_before: date | None = None
        self._state = CatalogState(version=-1)
        self._rules: dict[str, SiteRules] = {}
        self._named: dict[str, str] = {}
        self._tokens: dict[str, Token] = {}
        self._tokens_by_id: dict[str, Token] = {}
        self._sessions: dict[str, BrowserSession] = {}
        self._salts: dict[date, bytes] = {}
        self._on_change: list[Callable[[], None]] = []
        self._on_site_removed: list[Callable[[str], None]] = []
        self._on_site_added: list[Callable[[str], None]] = []
        self._refreshing = asyncio.Lock()
        self.task = BackgroundTask("catalog")

    @property
    def version(self) -> int:
        return self._state.version

    @property
    def sites(self) -> tuple[Site, ...]:
        """Ordered by id."""
        return self._state.sites

    def site_ids(self) -> list[str]:
        return list(self._rules)

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Ordered by time of creation."""
        return self._state.tokens

    @property
    def sessions(self) -> tuple[BrowserSession, ...]:
        """Ordered by time of creation."""
        return self._state.sessions

    @property
    def removed(self) -> tuple[str, ...]:
        """Ids of removed sites that are still swept."""
        return self._state.removed

    def site(self, site_id: str) -> SiteRules | None:
        return self._rules.get(site_id)

    def site_named(self, name: str) -> str | None:
        """The id of the site that has this id or, with or without ``www.``, this alias or this
        domain."""
        if name in self._rules:
            return name
        return self._named.get(bare_host(name.lower()))

    def goals(self, site_id: str) -> tuple[Goal, ...]:
        """The goals of a site; empty if there is no such site."""
        rules = self._rules.get(site_id)
        return rules.goals if rules else ()

    def token_by_id(self, token_id: str) -> Token | None:
        return self._tokens_by_id.get(token_id)

    def token(self, secret: str) -> Token | None:
        return self._tokens.get(digest(secret))

    def session(self, secret: str) -> BrowserSession | None:
        """The session of a cookie's secret; it may have ended."""
        return self._sessions.get(digest(secret)) if len(secret) == SECRET_LENGTH else None

    def salt(self, day: date) -> bytes:
        """The salt of yesterday, today or tomorrow (UTC).

        Raises StoreUnavailable for other days. A machine that slept past midnight loads the new
        salts within a second.
        """
        try:
            return self._salts[day]
        except KeyError:
            raise StoreUnavailable(
                f"the visitor salt of {day} is not loaded (loaded: {_days(self._salts)}): "
                "send the event again in a second"
            ) from None

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` after each change, by any process, except of salts."""
        self._on_change.append(callback)

    def on_site_removed(self, callback: Callable[[str], None]) -> None:
        """Call ``callback`` with the id of each removed site, before ``on_change`` callbacks."""
        self._on_site_removed.append(callback)

    def on_site_added(self, callback: Callable[[str], None]) -> None:
        """Call ``callback`` with the id of each site that was added since the last refresh, before
        ``on_site_removed`` callbacks if one of the same id was removed. The sites that the catalog
        held from the beginning are not announced."""
        self._on_site_added.append(callback)

    async def start(self) -> None:
        """Load the catalog, then refresh it until ``stop``. Raises StoreUnavailable."""
        await self.refresh()
        self.task.start(self._follow)

    async def stop(self) -> None:
        await self.task.stop()

    async def refresh(self) -> None:
        """Catch up with the catalog now. Raises StoreUnavailable."""
        async with self._refreshing:
            await self._refresh_salts()
            await self._end_sessions()
            if await self._catalog.version() != self._state.version:
                self._replace(await self._catalog.load())

    async def put_site(self, site: Site) -> None:
        await self._catalog.put_site(site)
        await self.refresh()

    async def change_site(self, site_id: str, change: Callable[[Site], Site]) -> Site:
        """Replace a site by what ``change`` makes of it; of the newest one, if another caller
        changed it meanwhile. Raises NotFound, and what ``change`` raises."""
        while True:
            known = self._rules.get(site_id)
            if known is None:
                raise rules.no_site(site_id)
            after = change(known.site)
            is_done = await self._catalog.change_site(known.site, after)
            await self.refresh()
            if is_done:
                return after

    async def delete_site(self, site_id: str) -> bool:
        return await self._refreshed(await self._catalog.delete_site(site_id))

    async def put_goal(self, goal: Goal) -> None:
        await self._catalog.put_goal(goal)
        await self.refresh()

    async def delete_goal(self, site_id: str, goal_id: str) -> bool:
        return await self._refreshed(await self._catalog.delete_goal(site_id, goal_id))

    async def put_token(self, token: Token) -> None:
        await self._catalog.put_token(token)
        await self.refresh()

    async def delete_token(self, token_id: str, *, keeps_admin: bool = False) -> bool:
        """See ``Catalog.delete_token``."""
        existed = await self._catalog.delete_token(token_id, keeps_admin=keeps_admin)
        return await self._refreshed(existed)

    async def put_session(self, session: BrowserSession) -> None:
        await self._catalog.put_session(session)
        await self.refresh()

    async def delete_sessions(self, ids: Collection[str]) -> bool:
        return await self._refreshed(await self._catalog.delete_sessions(ids))

    async def sweep(self) -> int:
        """See ``Catalog.sweep``."""
        swept = await self._catalog.sweep()
        await self.refresh()
        return swept

    async def _refreshed(self, existed: bool) -> bool:
        await self.refresh()
        return existed

    async def _follow(self) -> None:
        is_stale = False
        while True:
            await asyncio.sleep(REFRESH_S)
            try:
                await self.refresh()
                is_stale = False
            except StoreUnavailable as error:
                self.refresh_failures += 1
                if not is_stale:
                    logger.warning("catalog.stale", error=str(error))
                is_stale = True

    async def _refresh_salts(self) -> None:
        today = datetime.fromtimestamp(self._clock() / 1000, UTC).date()
        days = [today + timedelta(days=offset) for offset in SALT_DAYS]
        if set(days) != self._salts.keys():
            self._salts = {day: await self._catalog.salt(day) for day in days}
        if self._is_clock_settled() and self._deleted_before != days[0]:
            await self._catalog.delete_salts(before=days[0])
            self._deleted_before = days[0]

    async def _end_sessions(self) -> None:
        """Delete sessions that are over, or whose token is gone: their live connections end, too,
        when the catalog is loaded again."""
        now, tokens = self._clock(), {token.id for token in self._state.tokens} | {SETTINGS_ID}
        over = [
            each.id
            for each in self._state.sessions
            if each.token_id not in tokens or (each.expires <= now and self._is_clock_settled())
        ]
        if over:
            await self._catalog.delete_sessions(over)

    def _replace(self, state: CatalogState) -> None:
        before, is_first = self._state.added, self._state.version < 0
        gone = {site for site, at in before.items() if state.added.get(site) != at}
        added = {site for site, at in state.added.items() if before.get(site) != at}
        goals: dict[str, list[Goal]] = {}
        for goal in state.goals:
            goals.setdefault(goal.site_id, []).append(goal)
        self._rules = {
            site.id: SiteRules(site, tuple(goals.get(site.id, ()))) for site in state.sites
        }
        # Sites may share a name since before that was refused: then it is the oldest's.
        newest_first = sorted(
            state.sites, key=lambda site: (state.added.get(site.id, 0), site.id), reverse=True
        )
        self._named = {name: site.id for site in newest_first for name in rules.names_of(site)}
        self._tokens = {token.digest: token for token in state.tokens}
        self._tokens_by_id = {token.id: token for token in state.tokens}
        self._sessions = {session.digest: session for session in state.sessions}
        self._state = state
        for site_id in sorted(added if not is_first else ()):
            for begin in self._on_site_added:
                begin(site_id)
        for site_id in sorted(gone):
            for forget in self._on_site_removed:
                forget(site_id)
        for changed in self._on_change:
            changed()


def _days(salts: dict[date, bytes]) -> str:
    return ", ".join(str(day) for day in salts) or "none"
