"""Reads the document once."""

from typing import TypedDict

import httpx
import msgspec

from footfall.client.config import ClientConfig, Config, as_config
from footfall.client.refusals import Unreachable, refusal
from footfall.documents import RealtimeDocument
from footfall.errors import FootfallError

TIMEOUT = 10.0
"""Seconds; longer than any healthy answer takes."""


class DashboardRequest(TypedDict, total=False):
    """What to read."""

    realtime: bool


class DashboardData(msgspec.Struct, frozen=True):
    """What was requested; None for the rest."""

    realtime: RealtimeDocument | None = None


EVERYTHING: DashboardRequest = {"realtime": True}


def fetch_dashboard_data(config: Config, request: DashboardRequest = EVERYTHING) -> DashboardData:
    """Read the requested parts once. Raises InvalidInput, NotAllowed, NotFound, RateLimited,
    Overloaded or Unreachable."""
    known = as_config(config)
    with httpx.Client(timeout=TIMEOUT) as client:
        return DashboardData(read_document(client, known) if request.get("realtime") else None)


async def fetch_dashboard_data_async(
    config: Config, request: DashboardRequest = EVERYTHING
) -> DashboardData:
    """The same for async code."""
    known, wants_realtime = as_config(config), request.get("realtime")
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        return DashboardData(await read_document_async(client, known) if wants_realtime else None)


def read_document(client: httpx.Client, config: ClientConfig) -> RealtimeDocument:
    try:
        answer = client.get(config.document_url, headers=config.headers)
    except httpx.HTTPError as error:
        raise _unreachable(config, error) from error
    return _document(answer)


async def read_document_async(client: httpx.AsyncClient, config: ClientConfig) -> RealtimeDocument:
    try:
        answer = await client.get(config.document_url, headers=config.headers)
    except httpx.HTTPError as error:
        raise _unreachable(config, error) from error
    return _document(answer)


def _document(answer: httpx.Response) -> RealtimeDocument:
    if answer.status_code != httpx.codes.OK:
        raise refusal(answer.status_code, answer.content)
    try:
        return msgspec.json.decode(answer.content, type=RealtimeDocument)
    except msgspec.MsgspecError as error:
        raise Unreachable(
            f"the answer is not from a Footfall server ({error}): check base_url"
        ) from error


def _unreachable(config: ClientConfig, error: Exception) -> FootfallError:
    return Unreachable(f"{config.base_url} can't be reached ({error!r}): check base_url")
