"""API tokens and their secrets: random, stored as a digest, shown once."""

import hashlib
import secrets

from footfall.model import Scope, Token

PREFIX = "ff_"
RANDOM_BYTES = 24
"""32 URL-safe characters, 192 bits: too many to guess, so a fast digest is enough."""
ID_BYTES = 6
SETTINGS_ID = "settings"
"""The id of the admin token that the settings hold; ids in the catalog are random."""


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> str:
    """SHA-256 in hex, as ``Token`` stores a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def settings_token(digest_of_secret: str) -> Token:
    """The admin token that ``FOOTFALL_ADMIN_TOKEN`` sets; no catalog holds it."""
    return Token(id=SETTINGS_ID, scope="admin", digest=digest_of_secret, created=0)


def new_token(
    secret: str, scope: Scope, site_id: str | None = None, *, created: int, name: str = ""
) -> Token:
    """A token with a new random id; ``created`` in ms."""
    return Token(
        id=secrets.token_hex(ID_BYTES),
        scope=scope,
        digest=digest(secret),
        created=created,
        site_id=site_id,
        name=name,
    )


def is_server_admin(token: Token) -> bool:
    """Whether it may change everything, on every site."""
    return token.scope == "admin" and token.site_id is None
