"""Asks a server for a document."""

from typing import TypeVar

import httpx
import msgspec

from footfall.client.config import ClientConfig
from footfall.client.refusals import Unreachable, refusal
from footfall.errors import FootfallError

D = TypeVar("D", bound=msgspec.Struct)


def ask(client: httpx.Client, config: ClientConfig, url: str, kind: type[D]) -> D:
    """Raises what the server refused with, and Unreachable for no answer or another's."""
    try:
        answer = client.get(url, headers=config.headers)
    except httpx.HTTPError as error:
        raise _unreachable(config, error) from error
    return _decoded(answer, kind)


async def ask_async(client: httpx.AsyncClient, config: ClientConfig, url: str, kind: type[D]) -> D:
    """The same for async code."""
    try:
        answer = await client.get(url, headers=config.headers)
    except httpx.HTTPError as error:
        raise _unreachable(config, error) from error
    return _decoded(answer, kind)


def _decoded(answer: httpx.Response, kind: type[D]) -> D:
    if answer.status_code != httpx.codes.OK:
        raise refusal(answer.status_code, answer.content)
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.MsgspecError as error:
        raise Unreachable(
            f"the answer is not from a Footfall server ({error}): check base_url"
        ) from error


def _unreachable(config: ClientConfig, error: Exception) -> FootfallError:
    return Unreachable(f"{config.base_url} can't be reached ({error!r}): check base_url")
