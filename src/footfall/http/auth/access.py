"""What one caller may do."""

from collections.abc import Iterable
from typing import Literal, TypeAlias

import msgspec

from footfall.errors import NotAllowed, NotAuthenticated
from footfall.model import Site, Token
from footfall.principal import HOLDER, Cost, Principal, Stranger

CredentialSource: TypeAlias = Literal["nothing", "header", "query", "cookie"]
"""Where the caller's credential was found."""

ANONYMOUS = "this needs a token: send Authorization: Bearer <token>, or sign in to the dashboard"
PRIVATE = (
    "{site} is private: make it public in the dashboard's settings, or create a token with "
    "`footfall token create --scope read --site {site}` and send Authorization: Bearer <token>"
)
NO_HISTORY = (
    "the past of {site} is not for all who may look at it: use an admin token or a read token of "
    "all sites, or let its owner allow it (publicHistory) in the dashboard's settings"
)
NO_VISITS = (
    "single visits of {site} are not for everybody: use a token that reads it, or let its owner "
    "allow it (publicVisits) in the dashboard's settings"
)
LACKS_PERMISSION = "this token lacks permission: use one of scope {scope} for {place}"


class Access(msgspec.Struct, frozen=True):
    """An admin token may also read; a token of one site is limited to that site."""

    network: str
    """Of the caller's address."""
    token: Token | None = None
    credential_source: CredentialSource = "nothing"

    def principal(self, site: Site | None, costs: Cost) -> Principal:
        """Who asks for ``site``, or for all that they may read. Where the token is of another site,
        the caller is a stranger."""
        token = self.token
        if token is not None and (site is None or token.site_id in (None, site.id)):
            return HOLDER
        return Stranger(self.network, costs)

    def may_read(self, site: Site) -> bool:
        return site.public or self._has_token_for(site)

    def _has_token_for(self, site: Site) -> bool:
        return (
            self.token is not None
            and self.token.scope in ("read", "admin")
            and self.token.site_id in (None, site.id)
        )

    def may_admin(self, site_id: str | None) -> bool:
        """``site_id`` None means every site, including future ones."""
        return (
            self.token is not None
            and self.token.scope == "admin"
            and self.token.site_id in (None, site_id)
        )

    def require_read(self, site: Site) -> None:
        if self.may_read(site):
            return
        if self.token is None:
            raise NotAuthenticated(PRIVATE.format(site=site.id))
        raise self._refusal("read or admin", site.id)

    def require_history(self, site: Site) -> None:
        """What lies behind the live page: not for those who may only look, unless its owner
        allows it."""
        self.require_read(site)
        if not site.public_history and not self._has_token_for_history_of(site):
            refusal = NotAuthenticated if self.token is None else NotAllowed
            raise refusal(NO_HISTORY.format(site=site.id))

    def _has_token_for_history_of(self, site: Site) -> bool:
        """A read token of one site is a share link's."""
        is_share = self.token is not None and self.token.scope == "read" and self.token.site_id
        return self._has_token_for(site) and not is_share

    def require_visits(self, site: Site) -> None:
        """Single visits: for whoever has a token that reads the site, and for everybody only where
        its owner allows it."""
        self.require_read(site)
        if not site.public_visits and not self._has_token_for(site):
            refusal = NotAuthenticated if self.token is None else NotAllowed
            raise refusal(NO_VISITS.format(site=site.id))

    def require_write(self, site_id: str) -> None:
        """To bring events of any age along, as the owner."""
        token = self.token
        writes = token is not None and token.scope == "write" and token.site_id == site_id
        if not writes and not self.may_admin(site_id):
            raise self._refusal("write or admin", site_id)

    def require_admin(self, site_id: str | None) -> None:
        if not self.may_admin(site_id):
            raise self._refusal("admin", site_id)

    def require_any_admin(self) -> None:
        """Require an admin token of any site."""
        if self.token is None or self.token.scope != "admin":
            raise self._refusal("admin", None)

    def readable(self, sites: Iterable[Site]) -> list[Site]:
        """Those of ``sites`` that the caller may read. Raises NotAllowed if there are none because
        the caller lacks permission, rather than because there are no sites."""
        allowed = [site for site in sites if self.may_read(site)]
        if not allowed and (self.token is None or self.token.scope == "write"):
            raise self._refusal("read or admin", None)
        return allowed

    def _refusal(self, scope: str, site_id: str | None) -> NotAllowed:
        if self.token is None:
            return NotAuthenticated(ANONYMOUS)
        return NotAllowed(LACKS_PERMISSION.format(scope=scope, place=site_id or "all sites"))
