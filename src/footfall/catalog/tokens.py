"""The secrets of API tokens: made at random, kept as a digest, shown once."""

import hashlib
import secrets

PREFIX = "ff_"
RANDOM_BYTES = 24
"""32 url-safe characters, 192 bits: a fast digest is enough, since there is nothing to guess."""


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def digest(secret: str) -> str:
    """SHA-256 in hex, the form in which ``Token`` keeps a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
