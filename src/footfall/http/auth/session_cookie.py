"""The dashboard's session cookie: ``<token id>.<expiry>.<signature>``.

It is signed with the digest of its token, so nothing is stored for it, every node can check it, and
it ends with its token. It never holds the token's secret.
"""

import hashlib

from itsdangerous import BadSignature, Signer

from footfall.model import Token

NAME = "footfall_session"
LIFETIME_SECONDS = 30 * 86_400


def make(token: Token, now: int) -> str:
    """A cookie value that is valid for ``LIFETIME_SECONDS`` from ``now`` (ms)."""
    expiry = now // 1000 + LIFETIME_SECONDS
    return _signer(token).sign(f"{token.id}.{expiry}").decode()


def token_id(cookie: str) -> str:
    """The token id that the cookie claims, unchecked."""
    return cookie.rsplit(".", 2)[0]


def is_valid(cookie: str, token: Token, now: int) -> bool:
    try:
        claim = _signer(token).unsign(cookie).decode()
    except BadSignature:
        return False
    return now // 1000 < int(claim.rpartition(".")[2])


def _signer(token: Token) -> Signer:
    return Signer(token.digest, salt=NAME, digest_method=hashlib.sha256)
