"""What is wrong with the archives, told once."""

import contextlib
from pathlib import Path

import structlog

from footfall.errors import StoreUnavailable

logger = structlog.get_logger()

PROBE = "probe.tmp"
PROBE_BYTES = 1 << 16
STANDS_STILL = "the archive stands still: the server's operator finds the reason in its log"


class Problems:
    """By what each concerns. The log has a line when one begins or changes, and when it is over."""

    def __init__(self) -> None:
        self._found: dict[str, StoreUnavailable] = {}

    def set(self, concerns: str, problem: StoreUnavailable | None) -> None:
        """``concerns`` is a site, or a part of the archive."""
        before = self._found.pop(concerns, None)
        if problem is not None:
            self._found[concerns] = problem
            if before is None or str(before) != str(problem):
                logger.error("archive.stands_still", of=concerns, error=str(problem))
        elif before is not None:
            logger.info("archive.goes_on", of=concerns)

    @property
    def first(self) -> StoreUnavailable | None:
        """The oldest that still stands."""
        return next(iter(self._found.values()), None)


def told(problem: OSError | StoreUnavailable, doing: str) -> StoreUnavailable:
    """``problem`` in words that tell what fails."""
    if isinstance(problem, StoreUnavailable):
        return problem
    return StoreUnavailable(
        f"the archive can't {doing} ({problem}): check its disk and permissions; it goes on by "
        "itself",
        public=f"the archive can't {doing} ({problem.strerror}): its operator has to look at it",
    )


def cannot_write(folder: Path) -> StoreUnavailable | None:
    """Why nothing can be written into the folder; None when something can."""
    probe = folder / PROBE
    try:
        probe.write_bytes(bytes(PROBE_BYTES))
    except OSError as error:
        return told(error, "write into its folder")
    finally:
        with contextlib.suppress(OSError):
            probe.unlink(missing_ok=True)
    return None
