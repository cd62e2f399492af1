"""Reads parts of a site's data once."""

import httpx
import msgspec

from footfall.client.answers import ask, ask_async
from footfall.client.config import ClientConfig, Config, as_config
from footfall.client.reports import StatsRequest, stats, stats_async
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
    document = None
    if request.get("realtime"):
        with httpx.Client(timeout=TIMEOUT) as client:
            document = read_document(client, known)
    return DashboardData(document, stats(known, asked) if "period" in asked else None)


async def fetch_dashboard_data_async(
    config: Config, request: DashboardRequest = EVERYTHING
) -> DashboardData:
    """The same for async code."""
    known, asked = as_config(config), _of_stats(request)
    document = None
    if request.get("realtime"):
        async with httpx.AsyncClient(timeout=TIMEOUT) as client:
            document = await read_document_async(client, known)
    return DashboardData(document, await stats_async(known, asked) if "period" in asked else None)


def read_document(client: httpx.Client, config: ClientConfig) -> RealtimeDocument:
    return ask(client, config, config.document_url, RealtimeDocument)


async def read_document_async(client: httpx.AsyncClient, config: ClientConfig) -> RealtimeDocument:
    return await ask_async(client, config, config.document_url, RealtimeDocument)


def _of_stats(request: DashboardRequest) -> StatsRequest:
    asked = request.copy()
    asked.pop("realtime", None)
    return asked
