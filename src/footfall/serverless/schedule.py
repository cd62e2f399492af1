"""The function that runs once a minute, since numbers fall even without new events."""

import asyncio
from typing import Any

from footfall.clock import now_ms
from footfall.eventlog.retention import Retention
from footfall.serverless.container import container


def handler(_event: Any, _context: Any) -> None:
    """Send listeners the numbers that fell as visitors aged out, and delete old links."""
    container().run(_pass_time())


async def _pass_time() -> None:
    components = container().components
    await components.refresh()
    await Retention(components.store.event_log, components.policy, now_ms, lambda: True).run_once()
    await asyncio.gather(*(components.broadcast.site(site.id) for site in components.catalog.sites))
