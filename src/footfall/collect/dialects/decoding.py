"""What the dialects have in common."""

from typing import TypeVar

import msgspec

from footfall.decoding import explain
from footfall.errors import InvalidInput

T = TypeVar("T")


def decoded(decoder: msgspec.json.Decoder[T], text: bytes | str) -> T:
    """Raises InvalidInput with the field that is wrong."""
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        what, field = explain(error)
        raise InvalidInput(f"{field or 'the event'} is not valid: {what}", field) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"this is not JSON: {error}") from None
    except RecursionError:
        raise InvalidInput("this is nested too deeply") from None


def routed_by_hash(url: str) -> str:
    """The URL of a page whose path is behind ``#``, as single-page apps have it, in the usual
    form."""
    page, _, fragment = url.partition("#")
    route = fragment.removeprefix("!")
    if not route.startswith("/"):
        return url
    path, _, query = page.partition("?")
    return path.rstrip("/") + route + (f"?{query}" if query and "?" not in route else "")
