"""The catalog port: sites, goals, tokens, sessions and visitor salts. Small, read often, seldom
written."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Protocol

import msgspec

from footfall.model import BrowserSession, Goal, Site, Token

REMOVAL_GRACE_S = 10.0
"""A removed site is swept for at least this long: a node that has not noticed the removal yet may
still store an event of it."""


class CatalogState(msgspec.Struct, frozen=True):
    """Everything except the salts, as of ``version``."""

    version: int
    sites: tuple[Site, ...] = ()
    goals: tuple[Goal, ...] = ()
    tokens: tuple[Token, ...] = ()
    sessions: tuple[BrowserSession, ...] = ()
    added: Mapping[str, int] = {}
    """From the id of each site to the version in which it was added: it tells a site from one of
    the same id that was removed."""
    removed: tuple[str, ...] = ()
    """Ids of removed sites that are still swept."""


class Catalog(Protocol):
    """Every write increments ``version``, whichever process makes it. ``put_…`` only adds: it never
    replaces an entry, and what ``catalog.rules`` refuses is refused in the same transaction."""

    async def store_id(self) -> str:
        """The random id of this store, which never changes: the same for every node and in every
        backup."""

    async def version(self) -> int: ...

    async def load(self) -> CatalogState: ...

    async def put_site(self, site: Site) -> None:
        """Add a site, after all that a removed one of the same id has left is deleted: it begins
        empty. Raises AlreadyExists, InvalidInput."""

    async def change_site(self, before: Site, after: Site) -> bool:
        """Replace ``before`` by ``after``. False if the site is no longer ``before``: somebody else
        changed it. Raises NotFound, AlreadyExists."""

    async def delete_site(self, site_id: str) -> bool:
        """Delete a site with its goals, its tokens and their sessions, and mark it as removed, so
        that ``sweep`` deletes its events. False if there was none."""

    async def sweep(self) -> int:
        """Delete a small part of what removed sites have left; returns how many rows. Call again
        until it returns 0. Any process may sweep, and go on where another was killed."""

    async def put_goal(self, goal: Goal) -> None:
        """Raises NotFound if its site does not exist; AlreadyExists, InvalidInput."""

    async def delete_goal(self, site_id: str, goal_id: str) -> bool: ...

    async def put_token(self, token: Token) -> None:
        """Raises NotFound if its site does not exist; AlreadyExists, InvalidInput."""

    async def delete_token(self, token_id: str, *, keeps_admin: bool = False) -> bool:
        """Delete a token with its sessions. Where it ``keeps_admin``, raises NotAllowed for the
        last admin token of all sites."""

    async def put_session(self, session: BrowserSession) -> None:
        """Add a session; the oldest of its token give way."""

    async def delete_sessions(self, ids: Collection[str]) -> bool:
        """False if there was none of them."""

    async def salt(self, day: date) -> bytes:
        """The 32 random bytes of a UTC day, created on first use; the same for every node."""

    async def delete_salts(self, before: date) -> None: ...

    async def close(self) -> None: ...
