"""The hub: every open channel, and the way in to each."""

from collections import defaultdict
from collections.abc import Iterator

from footfall.errors import Overloaded
from footfall.eventlog.port import EventLog
from footfall.live.builder import ViewBuilder
from footfall.live.channel import Channel
from footfall.live.options import LiveOptions
from footfall.live.overview_channel import OverviewChannel, SiteName
from footfall.live.registry import Registry
from footfall.live.subscription import Subscription
from footfall.live.view_channel import ViewChannel
from footfall.live.windows import Windows
from footfall.model import Position
from footfall.window.query import Filter, ViewQuery
from footfall.window.reading import Reader
from footfall.window.site import DEFAULT_MINUTES, SiteWindow

GOING_AWAY = 1012
NO_SUCH_SITE = 4404
IDLE_SECONDS = 10
"""Windows that nobody reads are only aged this often."""

Sites = tuple[str, ...]
Views = Registry[ViewQuery, ViewChannel]


class Hub:
    """Documents and subscriptions for readers; the node tells it what happened.

    Every document is as of the running second. Sites are known to exist when asked for.
    """

    def __init__(
        self, log: EventLog, windows: Windows, options: LiveOptions, site_name: SiteName
    ) -> None:
        self.windows = windows
        self._options = options
        self._site_name = site_name
        self._builder = ViewBuilder(log, windows)
        self._views: defaultdict[str, Views] = defaultdict(
            lambda: Registry(options.max_views, options.linger)
        )
        self._overviews: Registry[Sites, OverviewChannel] = Registry(
            options.max_views, options.linger
        )
        self._closed = False

    @property
    def subscribers(self) -> int:
        return sum(len(channel.subscribers) for channel in self._channels())

    @property
    def channels(self) -> int:
        return sum(1 for _ in self._channels())

    def ready(self, query: ViewQuery) -> bytes | None:
        """The realtime document, JSON; None when its view is not open yet."""
        now = self.windows.now()
        channel = self._views[query.site].read(query, now)
        if channel is None:
            return None
        channel.advance(now)
        return channel.document()

    async def document(self, query: ViewQuery) -> bytes:
        """The realtime document, JSON. Raises Overloaded, StoreUnavailable."""
        channel = await self._view(query)
        channel.advance(self.windows.now())
        return channel.document()

    async def subscribe(self, query: ViewQuery, position: Position | None = None) -> Subscription:
        """Follow a view, from ``position`` if that can be. Raises Overloaded,
        StoreUnavailable."""
        self._admit()
        return self._follow(await self._view(query), position)

    async def overview(self, site_ids: Sites) -> bytes:
        """The rows of these sites, JSON. Raises Overloaded."""
        channel = self._overview(site_ids)
        channel.advance(self.windows.now())
        return channel.document()

    async def subscribe_overview(
        self, site_ids: Sites, position: Position | None = None
    ) -> Subscription:
        """Follow the rows of these sites. Raises Overloaded."""
        self._admit()
        return self._follow(self._overview(site_ids), position)

    def touched(self, site: str) -> None:
        """Events of ``site`` were folded."""
        for channel in self._views[site]:
            channel.wake()
        for sites, overview in self._overviews.items():
            if site in sites:
                overview.wake()

    def pass_second(self, second: int) -> None:
        """It is ``second`` now: age what is read, let go of what is not."""
        for site, window in self.windows:
            if second % IDLE_SECONDS == 0 or self._views[site] or self._overviews:
                window.advance(second)
            self._lapse(site, second)
            if window.empty and not self._views[site] and not self._overviews:
                self.windows.drop(site)
        self._overviews.lapse(second)
        for channel in self._channels():
            channel.advance(second)
            channel.wake()
            channel.tick_if_quiet(self._options.tick_after)

    def replaced(self, site: str) -> None:
        """The site has another window: its channels go on from there, in new epochs."""
        window, now = self.windows.get(site), self.windows.now()
        views = self._views[site]
        for query, channel in views.items():
            fresh = self._view_channel(window, query)
            views.put(query, fresh, now)
            channel.hand_over(fresh)
        for sites, overview in self._overviews.items():
            if site in sites:
                fresh_overview = self._overview_channel(sites)
                self._overviews.put(sites, fresh_overview, now)
                overview.hand_over(fresh_overview)
        self._close_unread(site)

    def forget(self, site: str) -> None:
        """The site was removed: end what follows it and drop its window."""
        for channel in self._views.pop(site, ()):
            channel.close(NO_SUCH_SITE, "the site was removed")
        self.windows.drop(site)

    def close(self) -> None:
        """The server is about to stop: end every subscription, admit no more."""
        self._closed = True
        for channel in self._channels():
            channel.close(GOING_AWAY, "the server is restarting: connect again")

    def _channels(self) -> Iterator[Channel]:
        for views in tuple(self._views.values()):
            yield from views
        yield from self._overviews

    def _admit(self) -> None:
        if self._closed:
            raise Overloaded("the server is shutting down: connect again later")
        if self.subscribers >= self._options.max_subscribers:
            raise Overloaded(
                f"{self._options.max_subscribers} readers are connected, as many as may: come "
                "back later, or raise FOOTFALL_MAX_SUBSCRIBERS"
            )

    def _follow(self, channel: Channel, position: Position | None) -> Subscription:
        channel.advance(self.windows.now())
        channel.refresh()
        subscription = Subscription(channel, position)
        channel.wake()
        if self._closed:
            subscription.end(GOING_AWAY, "the server is restarting: connect again")
        return subscription

    async def _view(self, query: ViewQuery) -> ViewChannel:
        views = self._views[query.site]
        channel = views.read(query, self.windows.now())
        if channel is not None:
            return channel
        async with self.windows.building[query.site]:
            channel = views.read(query, self.windows.now())
            if channel is None:
                views.make_room()
                self._close_unread(query.site)
                window = await self._builder.build(query)
                channel = self._view_channel(window, query)
                views.put(query, channel, self.windows.now())
            return channel

    def _overview(self, site_ids: Sites) -> OverviewChannel:
        now = self.windows.now()
        channel = self._overviews.read(site_ids, now)
        if channel is None:
            self._overviews.make_room()
            channel = self._overview_channel(site_ids)
            self._overviews.put(site_ids, channel, now)
        return channel

    def _view_channel(self, window: SiteWindow, query: ViewQuery) -> ViewChannel:
        return ViewChannel(Reader(window, query), self._options.update_interval)

    def _overview_channel(self, site_ids: Sites) -> OverviewChannel:
        readers = [Reader(self.windows.get(site), ViewQuery(site, limit=1)) for site in site_ids]
        return OverviewChannel(readers, self._site_name, self._options.update_interval)

    def _lapse(self, site: str, second: int) -> None:
        if self._views[site].lapse(second):
            self._close_unread(site)

    def _close_unread(self, site: str) -> None:
        """Close the window's views that no channel shows; the default one stays."""
        window = self.windows.get(site)
        shown = {(q.minutes, q.filter) for q, _ in self._views[site].items()}
        for minutes, wanted in window.keys:
            if (minutes, wanted) not in shown and (minutes, wanted) != (DEFAULT_MINUTES, Filter()):
                window.close(minutes, wanted)
