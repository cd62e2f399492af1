"""What a listener may read: checked when it subscribes, and again before each message."""

from footfall.catalog.cache import CatalogCache
from footfall.catalog.tokens import digest, settings_token
from footfall.errors import NotAuthenticated, NotFound
from footfall.http.auth.access import Access
from footfall.http.auth.authenticator import UNKNOWN
from footfall.http.services import NO_SITE
from footfall.model import Site, Token
from footfall.principal import ONE_VIEW, Stranger
from footfall.serverless.connections import Listener


class ReadPermissions:
    def __init__(self, catalog: CatalogCache, admin_token: str) -> None:
        """``admin_token`` is the setting, ``""`` for none."""
        self._catalog = catalog
        self._admin = digest(admin_token) if admin_token else None

    def require(self, site_id: str, secret: str | None) -> str | None:
        """The digest of the given token, which may read the site; None without a token.

        Raises NotFound, NotAuthenticated, NotAllowed.
        """
        site = self._site(site_id)
        if site is None:
            raise NotFound(NO_SITE.format(site=site_id[:64]))
        known = None if secret is None else digest(secret)
        token = None if known is None else self._token(known)
        if known is not None and token is None:
            raise NotAuthenticated(UNKNOWN)
        Access("", token).require_read(site)
        return known

    def may_listen(self, listener: Listener) -> bool:
        """False once the token was revoked or the site made private."""
        site = self._site(listener.query.site)
        token = None if listener.digest is None else self._token(listener.digest)
        return site is not None and Access("", token).may_read(site)

    def is_stranger(self, listener: Listener) -> bool:
        """Whether it listens without a token of the site."""
        site = self._site(listener.query.site)
        token = None if listener.digest is None else self._token(listener.digest)
        return isinstance(Access("", token).principal(site, ONE_VIEW), Stranger)

    def _site(self, site_id: str) -> Site | None:
        rules = self._catalog.site(site_id)
        return None if rules is None else rules.site

    def _token(self, known: str) -> Token | None:
        if known == self._admin:
            return settings_token(known)
        return next((each for each in self._catalog.tokens if each.digest == known), None)
