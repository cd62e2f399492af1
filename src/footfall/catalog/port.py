"""The catalog port: sites, goals, tokens and visitor salts. Small, read often, seldom written."""

from datetime import date
from typing import Protocol

import msgspec

from footfall.model import Goal, Site, Token


class CatalogState(msgspec.Struct, frozen=True):
    """Everything except the salts, as of ``version``."""

    version: int
    sites: tuple[Site, ...] = ()
    goals: tuple[Goal, ...] = ()
    tokens: tuple[Token, ...] = ()


class Catalog(Protocol):
    """Every write increments ``version``, whichever process makes it."""

    async def version(self) -> int: ...

    async def load(self) -> CatalogState: ...

    async def put_site(self, site: Site) -> None:
        """Create or replace."""

    async def delete_site(self, site_id: str) -> bool:
        """Delete a site with its goals and tokens. False if there was none."""

    async def put_goal(self, goal: Goal) -> None:
        """Create or replace. Raises NotFound if its site does not exist."""

    async def delete_goal(self, site_id: str, goal_id: str) -> bool: ...

    async def put_token(self, token: Token) -> None:
        """Create. Raises NotFound if its site does not exist, AlreadyExists if its id is taken."""

    async def delete_token(self, token_id: str) -> bool: ...

    async def salt(self, day: date) -> bytes:
        """The 32 random bytes of a UTC day, created on first use; the same for every node."""

    async def delete_salts(self, before: date) -> None: ...

    async def close(self) -> None: ...
