"""Sessions of browsers: a random secret in a cookie, of which the catalog holds only digests.

A copy of the catalog opens nothing. ``digest`` finds the session of a secret; ``seal`` needs the
secret as its key, so it tells nobody anything about the token, not even about the one that the
settings hold, which a person may have chosen.
"""

import hmac
import secrets

from footfall.catalog.tokens import ID_BYTES, digest
from footfall.model import BrowserSession, Token

SECRET_BYTES = 32
SECRET_LENGTH = 43
"""URL-safe characters of a secret."""
LIFETIME_SECONDS = 30 * 86_400


def new_session_secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def new_session(secret: str, token: Token, created: int) -> BrowserSession:
    """A session of ``token`` that begins at ``created`` (ms)."""
    return BrowserSession(
        id=secrets.token_hex(ID_BYTES),
        token_id=token.id,
        digest=digest(secret),
        seal=_seal(secret, token),
        created=created,
        expires=created + LIFETIME_SECONDS * 1000,
    )


def is_open(session: BrowserSession, secret: str, token: Token, now: int) -> bool:
    """Whether ``session``, found by ``secret``, still is one of ``token`` at ``now`` (ms). A token
    with another secret is another token, whatever its id."""
    return now < session.expires and hmac.compare_digest(session.seal, _seal(secret, token))


def _seal(secret: str, token: Token) -> str:
    return hmac.digest(secret.encode(), token.digest.encode(), "sha256").hex()
