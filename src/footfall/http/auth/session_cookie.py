"""The dashboard's cookie. It holds the secret of a session, see ``catalog.sessions``."""

from starlette.responses import Response

from footfall.catalog.sessions import LIFETIME_SECONDS

NAME = "footfall_session"


def give(reply: Response, secret: str, *, is_secure: bool) -> None:
    reply.set_cookie(
        NAME, secret, max_age=LIFETIME_SECONDS, secure=is_secure, httponly=True, samesite="lax"
    )


def take_away(reply: Response) -> None:
    reply.delete_cookie(NAME, httponly=True, samesite="lax")
