"""The reports of the past."""

from typing import Literal, TypeAlias, TypedDict

import httpx

from footfall.client.answers import decoded, unreachable
from footfall.client.config import ClientConfig, Config, as_config, check_keys
from footfall.documents import StatsDocument

TIMEOUT = 60.0
"""Seconds; the server gives up by itself."""

ReportPeriod: TypeAlias = Literal[
    "today",
    "yesterday",
    "24h",
    "7d",
    "28d",
    "30d",
    "90d",
    "12mo",
    "month",
    "year",
    "all",
    "custom",
]
"""In the site's time zone; ``custom`` goes with ``from`` and ``to``."""


class StatsRequest(TypedDict, total=False):
    """What a report is about. ``from_`` and ``to`` are dates, both included, or dates and times."""

    period: ReportPeriod
    from_: str
    to: str
    interval: Literal["hour", "day", "week", "month"]
    compare: Literal["previous", "year"]
    entry_page: str
    event: str
    goal: str


def stats(config: Config, request: StatsRequest | None = None) -> StatsDocument:
    """Read one report. Raises InvalidInput, NotAllowed, NotFound, RateLimited, Overloaded or
    Unreachable."""
    known = as_config(config)
    with httpx.Client(timeout=TIMEOUT) as client:
        return read_stats(client, known, request or {})


async def stats_async(config: Config, request: StatsRequest | None = None) -> StatsDocument:
    """The same for async code."""
    known = as_config(config)
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        return await read_stats_async(client, known, request or {})


def read_stats(client: httpx.Client, config: ClientConfig, request: StatsRequest) -> StatsDocument:
    url = config.stats_url(_query(request))
    try:
        answer = client.get(url, headers=config.headers, timeout=TIMEOUT)
    except httpx.HTTPError as error:
        raise unreachable(config, error) from error
    return decoded(answer, StatsDocument)


async def read_stats_async(
    client: httpx.AsyncClient, config: ClientConfig, request: StatsRequest
) -> StatsDocument:
    url = config.stats_url(_query(request))
    try:
        answer = await client.get(url, headers=config.headers, timeout=TIMEOUT)
    except httpx.HTTPError as error:
        raise unreachable(config, error) from error
    return decoded(answer, StatsDocument)


def _query(request: StatsRequest) -> dict[str, str]:
    # The server ignores parameters that it does not know: the report would be another.
    check_keys(request, tuple(StatsRequest.__annotations__), "request")
    names = {"from_": "from", "entry_page": "entryPage"}
    return {names.get(key, key): str(value) for key, value in request.items() if value is not None}
