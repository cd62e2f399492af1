"""``python -m footfall.history.archive``: the archive's process, which its server starts."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import msgspec
import structlog

from footfall.errors import StoreUnavailable
from footfall.history.archive.keeper import Mended
from footfall.history.archive.opening import hold
from footfall.history.archive.problems import Problems
from footfall.history.archive.process import ArchiveProcess
from footfall.history.frames import ServerGone
from footfall.history.limits import ArchiveLimits
from footfall.logs import configure_logging

logger = structlog.get_logger()

NICE = 19
"""What happens now comes first."""


async def main(descriptor: int, folder: Path, limits: ArchiveLimits) -> None:
    streams = await asyncio.open_unix_connection(sock=socket.socket(fileno=descriptor))
    await hold(folder, Problems(), *streams)
    await ArchiveProcess(folder, limits, streams).run()


if __name__ == "__main__":
    # A service manager may send it to all processes at once; this one ends with its server.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    configure_logging()
    with contextlib.suppress(OSError):
        os.nice(NICE)
    code = 0
    try:
        limits = msgspec.json.decode(sys.argv[3], type=ArchiveLimits)
        asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2]), limits))
    except* (ServerGone, Mended):
        pass
    except* (OSError, StoreUnavailable) as failed:
        for error in failed.exceptions:
            logger.error("archive.ended", error=str(error))
        code = 1
    except* Exception:
        logger.exception("archive.failed")
        code = os.EX_SOFTWARE
    sys.stderr.flush()
    os._exit(code)  # Python would wait for a query that nobody needs any more
