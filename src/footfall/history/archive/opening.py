"""How the archive's process comes to its folder: it waits, says why, and ends with its server."""

import asyncio
from pathlib import Path

from footfall.errors import StoreUnavailable
from footfall.history.archive.locking import lock
from footfall.history.archive.problems import Problems, cannot_write, told
from footfall.history.frames import ServerGone, Standing, send

RETRY_S = 1.0
OPENING = "the folder"


async def hold(
    folder: Path, problems: Problems, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Returns when this process holds the folder and can write into it. Raises ServerGone."""
    is_held = False
    while True:
        try:
            if not is_held:
                lock(folder)
                is_held = True
            problem = cannot_write(folder)
        except (OSError, StoreUnavailable) as error:
            problem = told(error, "use its folder")
        problems.set(OPENING, problem)
        if problem is None:
            return
        await tell(writer, problem)
        await asyncio.sleep(RETRY_S)
        if reader.at_eof():
            raise ServerGone


async def tell(writer: asyncio.StreamWriter, problem: StoreUnavailable) -> None:
    """Tell the server why nothing can be archived or asked. The log keeps all meanwhile. Raises
    ServerGone."""
    standing = Standing(
        needs_since=0, waiting=0, late=0, bytes=0, problem=str(problem), public=problem.public
    )
    try:
        await send(writer, standing)
    except OSError:
        raise ServerGone from None
