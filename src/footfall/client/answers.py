"""What a server's answer is: a document, or an error."""

from typing import TypeVar

import httpx
import msgspec

from footfall.client.config import ClientConfig
from footfall.client.refusals import Unreachable, refusal
from footfall.errors import FootfallError

D = TypeVar("D", bound=msgspec.Struct)


def decoded(answer: httpx.Response, kind: type[D]) -> D:
    """Raises what the server refused with, and Unreachable for what is no document."""
    if answer.status_code != httpx.codes.OK:
        raise refusal(answer.status_code, answer.content)
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.MsgspecError as error:
        raise Unreachable(
            f"the answer is not from a Footfall server ({error}): check base_url"
        ) from error


def unreachable(config: ClientConfig, error: Exception) -> FootfallError:
    return Unreachable(f"{config.base_url} can't be reached ({error!r}): check base_url")
