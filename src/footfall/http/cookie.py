"""The dashboard's session cookie: ``<token id>.<expiry>.<signature>``.

Signed with the digest of the token it was made from, so nothing is stored for it, every node
can check it, and it dies with its token. It never holds the token's secret.
"""

import hmac

from footfall.model import Token

NAME = "footfall_session"
LIFETIME_SECONDS = 30 * 86_400


def make(token: Token, now: int) -> str:
    """A cookie value good for ``LIFETIME_SECONDS`` from ``now`` (ms)."""
    expiry = now // 1000 + LIFETIME_SECONDS
    return f"{token.id}.{expiry}.{_signature(token, expiry)}"


def token_id(cookie: str) -> str:
    """The id that the cookie claims, unchecked."""
    return cookie.rsplit(".", 2)[0]


def is_valid(cookie: str, token: Token, now: int) -> bool:
    parts = cookie.rsplit(".", 2)
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 12):
        return False
    expiry = int(parts[1])
    expected = _signature(token, expiry)
    return hmac.compare_digest(parts[2].encode(), expected.encode()) and now // 1000 < expiry


def _signature(token: Token, expiry: int) -> str:
    message = f"{token.id}.{expiry}".encode()
    return hmac.new(token.digest.encode(), message, "sha256").hexdigest()
