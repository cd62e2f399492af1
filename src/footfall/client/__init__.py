"""Reads a Footfall server from Python: once, periodically, or live."""

from footfall.client.config import ClientConfig, Config
from footfall.client.fetch import (
    DashboardData,
    DashboardRequest,
    fetch_dashboard_data,
    fetch_dashboard_data_async,
)
from footfall.client.poller import AsyncRealtimePoller, RealtimePoller, create_realtime_poller
from footfall.client.refusals import Unreachable
from footfall.client.reports import StatsRequest, stats, stats_async
from footfall.client.subscriber import RealtimeSubscriber
from footfall.documents import RealtimeDocument, StatsDocument

__all__ = [
    "AsyncRealtimePoller",
    "ClientConfig",
    "Config",
    "DashboardData",
    "DashboardRequest",
    "RealtimeDocument",
    "RealtimePoller",
    "RealtimeSubscriber",
    "StatsDocument",
    "StatsRequest",
    "Unreachable",
    "create_realtime_poller",
    "fetch_dashboard_data",
    "fetch_dashboard_data_async",
    "stats",
    "stats_async",
]
