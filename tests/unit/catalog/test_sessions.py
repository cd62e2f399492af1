from msgspec.structs import replace

from footfall.catalog.sessions import (
    LIFETIME_SECONDS,
    SECRET_LENGTH,
    is_open,
    new_session,
    new_session_secret,
)
from footfall.catalog.tokens import digest, settings_token
from footfall.model import Token

NOW = 1_790_000_000_000
TOKEN = Token(id="t", scope="admin", digest=digest("ff_secret"), created=1)


def test_a_session_is_open_for_its_secret_its_token_and_its_time() -> None:
    secret = new_session_secret()
    session = new_session(secret, TOKEN, NOW)
    last = NOW + LIFETIME_SECONDS * 1000 - 1
    assert is_open(session, secret, TOKEN, last)
    assert not is_open(session, secret, TOKEN, last + 1)
    assert not is_open(session, new_session_secret(), TOKEN, NOW)
    assert not is_open(session, secret, replace(TOKEN, digest=digest("ff_other")), NOW)


def test_secrets_are_random_and_never_stored() -> None:
    secrets = {new_session_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(each) for each in secrets} == {SECRET_LENGTH}
    assert all(each not in repr(new_session(each, TOKEN, NOW)) for each in secrets)


def test_a_session_does_not_help_to_guess_the_token_of_the_settings() -> None:
    """Two sessions of one token have nothing in common but its id."""
    token = settings_token(digest("a guess"))
    one, other = (new_session(new_session_secret(), token, NOW) for _ in range(2))
    assert one.seal != other.seal
    assert token.digest not in repr(one)
    assert digest(token.digest) not in repr(one)
