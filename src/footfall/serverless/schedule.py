"""The function that runs once a minute: time passes where nothing happens."""

import asyncio
from typing import Any

from footfall.eventlog.retention import Retention
from footfall.serverless.container import container
from footfall.serverless.parts import clock


def handler(_event: Any, _context: Any) -> None:
    """Tells listeners what fell as visitors aged out, and cuts links between days in time."""
    container().run(_pass_time())


async def _pass_time() -> None:
    parts = container().parts
    await parts.refresh()
    await Retention(parts.store.log, parts.keep, clock).run_once()
    await asyncio.gather(*(parts.broadcast.site(site.id) for site in parts.directory.sites))
