"""Secrets and their digests."""

import hashlib
import re

from footfall.catalog.tokens import digest, new_secret


def test_a_secret_is_recognisable_and_fits_in_a_url() -> None:
    assert re.fullmatch(r"ff_[A-Za-z0-9_-]{32}", new_secret())


def test_no_two_secrets_are_the_same() -> None:
    assert len({new_secret() for _ in range(1_000)}) == 1_000


def test_the_digest_is_sha256_in_hex() -> None:
    assert digest("ff_x") == hashlib.sha256(b"ff_x").hexdigest()


def test_any_text_has_a_digest() -> None:
    assert digest("\ud800 é") != digest("é")
