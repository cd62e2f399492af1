"""Archives that go: those of sites that the store does not know are kept for some days, those of
removed sites are not."""

import contextlib
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import structlog

from footfall.history.folder import REMOVED, site_folder

logger = structlog.get_logger()

KEPT_DAYS = 14
GONE = "gone"
"""Below ``REMOVED``: what is being deleted."""


def move(folder: Path, site: str, now: int) -> Path:
    """Move a site's archive to where ``listed`` finds it; ``now`` is in ms. Returns the new
    place. Raises OSError."""
    of_site = site_folder(folder, site)
    of_day = folder / REMOVED / _day(now).isoformat()
    places = (of_day / (f"{number}" if number > 1 else "") / of_site.name for number in count(1))
    place = next(each for each in places if not each.exists())
    place.parent.mkdir(parents=True, exist_ok=True)
    of_site.rename(place)
    return place


def remove(folder: Path, site: str) -> None:
    """Delete a site's archive; after a kill, ``empty`` deletes the rest. Raises OSError."""
    of_site = site_folder(folder, site)
    if of_site.exists():
        gone = folder / REMOVED / GONE
        gone.mkdir(parents=True, exist_ok=True)
        empty(folder)
        of_site.rename(gone / of_site.name)
    empty(folder)


def empty(folder: Path) -> None:
    """Delete what somebody began to delete."""
    for each in (folder / REMOVED / GONE).glob("*"):
        shutil.rmtree(each, ignore_errors=True)  # another process may be at it


def listed(folder: Path) -> Iterator[tuple[Path, date]]:
    """The folder of each day on which some were moved, and the first day on which it is gone."""
    for of_day in sorted((folder / REMOVED).glob("*")):
        with contextlib.suppress(ValueError):  # it is somebody else's
            yield of_day, date.fromisoformat(of_day.name) + timedelta(KEPT_DAYS)


def remove_expired(folder: Path, now: int) -> None:
    """Delete what has been kept long enough by ``now`` (ms)."""
    for of_day, end in listed(folder):
        if end <= _day(now):
            logger.info("archive.removed", folder=str(of_day), kept_days=KEPT_DAYS)
            shutil.rmtree(of_day, ignore_errors=True)


def _day(now: int) -> date:
    return datetime.fromtimestamp(now / 1000, UTC).date()
