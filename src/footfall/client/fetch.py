"""Reads parts of a site's data once."""

import httpx
import msgspec

from footfall.client.answers import decoded, unreachable
from footfall.client.config import ClientConfig, Config, as_config
from footfall.client.reports import StatsRequest, read_stats, read_stats_async
from footfall.documents import RealtimeDocument, StatsDocument

TIMEOUT = 10.0
"""Seconds; longer than any healthy answer takes."""


class DashboardRequest(StatsRequest, total=False):
    """What to read: the live document, the report of a ``period``, or both."""

    realtime: bool


class DashboardData(msgspec.Struct, frozen=True):
    """What was requested; None for the rest."""

    realtime: RealtimeDocument | None = None
    stats: StatsDocument | None = None


EVERYTHING: DashboardRequest = {"realtime": True}


def fetch_dashboard_data(config: Config, request: DashboardRequest = EVERYTHING) -> DashboardData:
    """Read the requested parts once. Raises InvalidInput, NotAllowed, NotFound, RateLimited,
    Overloaded or Unreachable."""
    known, asked = as_config(config), _of_stats(request)
    with httpx.Client(timeout=TIMEOUT) as client:
        return DashboardData(
            read_document(client, known) if request.get("realtime") else None,
            read_stats(client, known, asked) if "period" in asked else None,
        )


async def fetch_dashboard_data_async(
    config: Config, request: DashboardRequest = EVERYTHING
) -> DashboardData:
    """The same for async code."""
    known, asked = as_config(config), _of_stats(request)
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        return DashboardData(
            await read_document_async(client, known) if request.get("realtime") else None,
            await read_stats_async(client, known, asked) if "period" in asked else None,
        )


def _of_stats(request: DashboardRequest) -> StatsRequest:
    asked = request.copy()
    asked.pop("realtime", None)
    return asked


def read_document(client: httpx.Client, config: ClientConfig) -> RealtimeDocument:
    try:
        answer = client.get(config.document_url, headers=config.headers)
    except httpx.HTTPError as error:
        raise unreachable(config, error) from error
    return decoded(answer, RealtimeDocument)


async def read_document_async(client: httpx.AsyncClient, config: ClientConfig) -> RealtimeDocument:
    try:
        answer = await client.get(config.document_url, headers=config.headers)
    except httpx.HTTPError as error:
        raise unreachable(config, error) from error
    return decoded(answer, RealtimeDocument)
