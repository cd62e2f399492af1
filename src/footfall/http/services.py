"""What the routes stand on: made once by ``app``, handed to every handler."""

from collections.abc import Callable
from dataclasses import dataclass

from footfall.catalog.directory import Directory
from footfall.errors import NotFound
from footfall.eventlog.port import EventLog
from footfall.http.auth import Authenticator
from footfall.http.fast_path import FastPath
from footfall.http.guard import LiveGuard
from footfall.http.peers import Peers
from footfall.live.hub import Hub
from footfall.model import Site
from footfall.settings import Settings

NO_SITE = "there is no site {site!r}: check the id, or add the site first"


@dataclass(frozen=True, slots=True)
class Services:
    settings: Settings
    log: EventLog
    directory: Directory
    hub: Hub
    authenticator: Authenticator
    guard: LiveGuard
    fast_path: FastPath
    peers: Peers
    render_metrics: Callable[[], bytes]
    """The text exposition of every counter."""
    lag_seconds: Callable[[], float]
    """How far this node's window is behind the log."""
    now: Callable[[], int]
    """Milliseconds since the epoch."""

    def site(self, site_id: str) -> Site:
        """Raises NotFound."""
        rules = self.directory.site(site_id)
        if rules is None:
            raise NotFound(NO_SITE.format(site=site_id[:64]))
        return rules.site
