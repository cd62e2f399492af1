"""The reports of the past."""

from typing import TypedDict

import httpx

from footfall.client.answers import ask, ask_async
from footfall.client.config import Config, as_config, check_keys
from footfall.documents import StatsDocument
from footfall.model import Comparison, Interval, PeriodName

TIMEOUT = 60.0
"""Seconds; the server gives up by itself."""


class StatsRequest(TypedDict, total=False):
    """What a report is about. ``from_`` and ``to`` are dates, both included, or dates and times."""

    period: PeriodName
    from_: str
    to: str
    interval: Interval
    compare: Comparison
    entry_page: str


def stats(config: Config, request: StatsRequest | None = None) -> StatsDocument:
    """Read one report. Raises InvalidInput, NotAllowed, NotFound, RateLimited, Overloaded or
    Unreachable."""
    known = as_config(config)
    with httpx.Client(timeout=TIMEOUT) as client:
        return ask(client, known, known.stats_url(_query(request or {})), StatsDocument)


async def stats_async(config: Config, request: StatsRequest | None = None) -> StatsDocument:
    """The same for async code."""
    known = as_config(config)
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        return await ask_async(client, known, known.stats_url(_query(request or {})), StatsDocument)


def _query(request: StatsRequest) -> dict[str, str]:
    # The server ignores parameters that it does not know: the report would be another.
    check_keys(request, tuple(StatsRequest.__annotations__), "request")
    names = {"from_": "from", "entry_page": "entryPage"}
    return {names.get(key, key): str(value) for key, value in request.items() if value is not None}
