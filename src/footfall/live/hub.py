"""The hub: all open channels, and access to them for readers."""

import contextlib
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec
import structlog

from footfall.clock import Timer
from footfall.documents import OverviewDocument, RealtimeDocument
from footfall.errors import NotFound, Overloaded
from footfall.eventlog.port import EventLog
from footfall.live.channel import Channel
from footfall.live.overview_channel import OverviewChannel, SiteName
from footfall.live.registry import Registry, RegistryLimits
from footfall.live.replay import Pace, ViewBuilder
from footfall.live.shared import SharedWork
from footfall.live.shares import Shares
from footfall.live.subscription import Subscription
from footfall.live.view_channel import ViewChannel
from footfall.live.windows import Windows
from footfall.model import DEFAULT_MINUTES, MinuteCounts, Position
from footfall.principal import Holder, Principal
from footfall.window.query import Filter, ViewQuery
from footfall.window.reader import Reader
from footfall.window.site import SiteWindow

logger = structlog.get_logger()

GOING_AWAY = 1012
NO_SUCH_SITE = 4404
IDLE_SECONDS = 10
"""How often windows that nobody reads are advanced."""
SITES_AT_ONCE = 50
"""Windows that are advanced before others have a turn: a millisecond, when much leaves them."""

SiteIds: TypeAlias = tuple[str, ...]
Views: TypeAlias = Registry[ViewQuery, ViewChannel]
Overviews: TypeAlias = Registry[SiteIds, OverviewChannel]
OnMinutes: TypeAlias = Callable[[str, Sequence[MinuteCounts]], None]
"""Gets a site and its minutes that have passed."""


class LiveOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds. ``max_views`` is per site, ``max_views_per_address`` for all together."""

    update_interval: float = 0.25
    """At most one update per view in this time; after a longer pause the first is sent at once."""
    tick_after: int = 10
    linger: int = 60
    """How long a view stays open after its last reader."""
    max_views: int = 50
    max_views_per_address: int = 20


class Hub:
    """Gives documents and subscriptions to readers. The node reports changes to it.

    Documents are values as of the current second; their sender encodes them. The caller has
    checked that the site exists.
    """

    def __init__(
        self,
        log: EventLog,
        windows: Windows,
        options: LiveOptions,
        site_name: SiteName,
        timer: Timer = time.monotonic,
        on_minutes: OnMinutes = lambda _site, _minutes: None,
    ) -> None:
        """``timer`` measures how long nobody has read a view, in seconds."""
        self.windows = windows
        self._on_minutes = on_minutes
        self._options = options
        self._site_name = site_name
        self._builder = ViewBuilder(log, windows)
        self._views: dict[str, Views] = {}
        self._timer = timer
        self._shares = Shares(options.max_views_per_address)
        self._refused = 0
        """By registries of sites that were removed."""
        self._limits = RegistryLimits(places=options.max_views, linger=options.linger)
        self._overviews: Overviews = Registry(
            self._limits, lambda site_ids: site_ids, timer, self._shares
        )
        self._opening: SharedWork[tuple[ViewQuery, bool], ViewChannel] = SharedWork()
        self._closed = False

    @property
    def subscribers(self) -> int:
        return sum(len(channel.subscribers) for channel in self._channels())

    @property
    def channels(self) -> int:
        return sum(1 for _ in self._channels())

    @property
    def views_refused(self) -> dict[str, int]:
        """New views that readers did not get, by the limit."""
        return {
            "address": self._shares.refused,
            "all": self._refused
            + self._overviews.refused
            + sum(views.refused for views in self._views.values()),
            "queue": self.windows.turns.refused,
        }

    async def document(self, query: ViewQuery, caller: Principal) -> RealtimeDocument:
        """The realtime document. Raises Overloaded, RateLimited, StoreUnavailable."""
        channel = await self._view(query, caller)
        channel.advance(self.windows.now())
        return channel.document()

    def ready_json(self, query: ViewQuery, caller: Principal) -> bytes | None:
        """The realtime document, encoded once for all readers; None if its view is not open."""
        views = self._views.get(query.site)
        channel = views.read(query, caller) if views is not None else None
        if channel is None:
            return None
        channel.advance(self.windows.now())
        return channel.document_json()

    async def subscribe(
        self, query: ViewQuery, caller: Principal, position: Position | None = None
    ) -> Subscription:
        """Follow a view, from ``position`` where possible. Raises Overloaded, RateLimited,
        StoreUnavailable."""
        self._admit()
        return self._follow(await self._view(query, caller), position, caller)

    async def overview(self, site_ids: SiteIds, caller: Principal) -> OverviewDocument:
        """A row for each of these sites. Raises Overloaded, RateLimited."""
        channel = self._overview(site_ids, caller)
        channel.advance(self.windows.now())
        return channel.document()

    async def subscribe_overview(
        self, site_ids: SiteIds, caller: Principal, position: Position | None = None
    ) -> Subscription:
        """Follow the rows of these sites. Raises Overloaded, RateLimited."""
        self._admit()
        return self._follow(self._overview(site_ids, caller), position, caller)

    def events_folded(self, site: str) -> None:
        """Call after events were folded into the window of ``site``."""
        for channel in self._views.get(site, ()):
            channel.wake()
        for overview in self._overviews:
            overview.site_changed(site)

    def pass_second(self, second: int) -> Iterator[str | None]:
        """Advance the windows that are read to ``second``; close idle views and empty windows.

        Yields the sites whose window failed to advance, and None where others may have a turn.
        """
        for number, site in enumerate(self.windows.sites):
            try:
                self._pass_second_of(site, second)
            except Exception:
                logger.exception("window.not_advanced", site=site, second=second)
                yield site
            if number % SITES_AT_ONCE == 0:
                yield None
        self._overviews.close_idle()
        for channel in self._channels():
            with contextlib.suppress(Exception):  # logged above; the site's window is rebuilt
                channel.advance(second)
            channel.wake()
            channel.tick_if_quiet(self._options.tick_after)
            yield None

    def _pass_second_of(self, site: str, second: int) -> None:
        if site not in self.windows:  # dropped meanwhile
            return
        window = self.windows.get(site)
        is_due = (second + hash(site)) % IDLE_SECONDS == 0  # not all sites in the same second
        if is_due or self._views.get(site) or self._overviews:
            window.advance(second)
        if minutes := window.take_passed_minutes():
            self._on_minutes(site, minutes)
        self._close_idle(site)
        if window.empty and not self._views.get(site) and not self._overviews:
            self.windows.drop(site)

    def window_replaced(self, site: str) -> None:
        """Call after the site got a new window: new channels replace its own, in new epochs."""
        window = self.windows.get(site)
        views = self._views_of(site)
        for query, channel in views.items():
            fresh = self._view_channel(window, query)
            views.replace(query, fresh)
            channel.hand_over(fresh)
        for site_ids, overview in self._overviews.items():
            if overview.shows(site):
                fresh_overview = self._overview_channel(site_ids)
                self._overviews.replace(site_ids, fresh_overview)
                overview.hand_over(fresh_overview)
        self._close_unread(site)

    def site_removed(self, site: str) -> None:
        """End every subscription to the site and drop its window."""
        views = self._views_of(site)
        for query, _ in views.items():
            views.remove(query).close(NO_SUCH_SITE, "the site was removed")
        self._refused += self._views.pop(site).refused
        for site_ids, overview in self._overviews.items():
            if overview.shows(site):
                self._overviews.remove(site_ids)
                overview.close(GOING_AWAY, "the sites you may read have changed: connect again")
        self.windows.drop(site)

    def close(self) -> None:
        """End every subscription and admit no more, before the server stops."""
        self._closed = True
        for channel in self._channels():
            channel.close(GOING_AWAY, "the server is restarting: connect again")

    def _channels(self) -> Iterator[Channel]:
        for views in tuple(self._views.values()):
            yield from views
        yield from self._overviews

    def _views_of(self, site: str) -> Views:
        views = self._views.get(site)
        if views is None:
            views = self._views[site] = Registry(self._limits, _place_of, self._timer, self._shares)
        return views

    def _admit(self) -> None:
        if self._closed:
            raise Overloaded("the server is shutting down: connect again later")

    def _follow(
        self, channel: Channel, position: Position | None, caller: Principal
    ) -> Subscription:
        channel.advance(self.windows.now())
        channel.refresh()
        subscription = Subscription(channel, position, caller)
        channel.wake()
        if self._closed:
            subscription.end(GOING_AWAY, "the server is restarting: connect again")
        return subscription

    async def _view(self, query: ViewQuery, caller: Principal) -> ViewChannel:
        views = self._views_of(query.site)
        channel = views.read(query, caller)
        if channel is not None:
            return channel
        # Readers with a token don't wait where strangers do.
        key = (query, isinstance(caller, Holder))
        return await self._opening.result(key, lambda: self._open(views, query, caller))

    async def _open(self, views: Views, query: ViewQuery, caller: Principal) -> ViewChannel:
        """``views`` are those of the site as the caller found it. Raises NotFound too, when it was
        removed meanwhile: nothing would ever close a channel of it."""
        async with self.windows.turns.of(query.site, caller):
            self._require_site(query.site, views)
            channel = views.read(query, caller)
            if channel is None:
                views.make_room(query, caller)
                self._close_unread(query.site)
                window = await self._builder.build(query, Pace(self._shares.rest(caller)))
                self._require_site(query.site, views)
                channel = self._view_channel(window, query)
                views.put(query, channel, caller)
            return channel

    def _require_site(self, site: str, views: Views) -> None:
        if self._views.get(site) is not views:
            raise NotFound(
                f"the site {site[:64]!r} was removed: list the sites for those there are"
            )

    def _overview(self, site_ids: SiteIds, caller: Principal) -> OverviewChannel:
        channel = self._overviews.read(site_ids, caller)
        if channel is None:
            self._overviews.make_room(site_ids, caller)
            channel = self._overview_channel(site_ids)
            self._overviews.put(site_ids, channel, caller)
        return channel

    def _view_channel(self, window: SiteWindow, query: ViewQuery) -> ViewChannel:
        return ViewChannel(Reader(window, query), self._options.update_interval)

    def _overview_channel(self, site_ids: SiteIds) -> OverviewChannel:
        readers = [Reader(self.windows.get(site), ViewQuery(site, limit=1)) for site in site_ids]
        return OverviewChannel(readers, self._site_name, self._options.update_interval)

    def _close_idle(self, site: str) -> None:
        views = self._views.get(site)
        if views is not None and views.close_idle():
            self._close_unread(site)

    def _close_unread(self, site: str) -> None:
        """Close the window's views that no channel shows; the default one stays, and so does the
        one that is being built."""
        window = self.windows.get(site)
        kept = {(query.minutes, query.filter) for query, _ in self._views_of(site).items()}
        kept.add((DEFAULT_MINUTES, Filter()))
        for key in window.keys:
            if key not in kept and key != self._builder.building.get(site):
                window.close(*key)


def _place_of(query: ViewQuery) -> tuple[int, Filter]:
    """``limit`` only cuts the lists of a view."""
    return query.minutes, query.filter
