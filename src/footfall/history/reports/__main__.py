"""``python -m footfall.history.reports``: a process of reports, which its server starts."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec
import structlog

from footfall.history.frames import ServerGone
from footfall.history.limits import ArchiveLimits
from footfall.history.reports.process import Reporting
from footfall.logs import configure_logging

logger = structlog.get_logger()

NICE = 19
"""What happens now comes first."""


async def main(descriptor: int, temporary: Path, limits: ArchiveLimits) -> None:
    streams = await asyncio.open_unix_connection(sock=socket.socket(fileno=descriptor))
    await Reporting(temporary, limits, streams).run()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # this one ends with its server
    configure_logging()
    given = msgspec.json.decode(sys.argv[3], type=ArchiveLimits)
    with contextlib.suppress(OSError):
        os.nice(NICE)
        if given.steps_back and sys.platform == "linux":
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    code = 0
    try:
        asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), given))
    except* ServerGone:
        pass
    except* Exception:
        logger.exception("reports.failed")
        code = os.EX_SOFTWARE
    sys.stderr.flush()
    os._exit(code)  # Python would wait for a query that nobody needs any more
