"""When what is archived: which stretch of a site is finished, and which of its files become one."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby, product

from footfall.history.archive.manifest import ArchiveFile, Kind, Manifest
from footfall.history.archive.schema import ROW_GROUP
from footfall.times import DAY_MS

HOUR_MS = 3_600_000
REPLAYED_EVENTS = 300_000
"""An archive that is made from the log goes by the day, unless so many events wait."""
MERGED: tuple[Kind, ...] = ("events", "visits")
WEEK = 7
"""So many days of the running month become one file."""
MANY_FILES = 10
"""Of a month that are small: then they are merged before it is over."""


class Waiting:
    """What of one site has arrived and is not archived: how many events of each hour."""

    def __init__(self) -> None:
        self.hours: dict[int, int] = {}
        self.has_links = False
        """Some link to the day before is not noted yet."""
        self.replayed: int | None = None
        """How far (ms) the log has been replayed; None when it is to its end."""

    @property
    def events(self) -> int:
        return sum(self.hours.values())

    @property
    def since(self) -> int | None:
        """The beginning (ms) of the first hour."""
        return min(self.hours) * HOUR_MS if self.hours else None

    def add(self, time: int, *, has_link: bool) -> None:
        hour = time // HOUR_MS
        self.hours[hour] = self.hours.get(hour, 0) + 1
        self.has_links = self.has_links or has_link

    def archived(self, until: int) -> None:
        self.hours = {hour: count for hour, count in self.hours.items() if hour * HOUR_MS >= until}


def finished_stretch(
    waiting: Waiting, manifest: Manifest, complete: int, hourly_events: int
) -> tuple[int, int] | None:
    """The next stretch to archive, from a time to before another; nothing of before ``complete``
    can arrive any more. With ``hourly_events`` it has hours, else days. All times in ms."""
    since = waiting.since
    if since is None:
        if not manifest.of_kind("open"):
            return None
        since = manifest.until
    since = max(since, manifest.until)
    if waiting.replayed is not None:
        complete = min(complete, waiting.replayed)
        hourly_events = max(hourly_events, REPLAYED_EVENTS)
    until = _floor(complete, DAY_MS)
    if until <= since and waiting.events >= hourly_events:
        until = _floor(complete, HOUR_MS)
    until = min(until, next_month(since))
    return (since, until) if until > since else None


def mergeable(manifest: Manifest) -> Iterator[list[ArchiveFile]]:
    """Groups of files that become one file each: the hours of a finished day, the days of a
    finished month, seven of a running one, many small ones. What was imported stays apart."""
    for kind, imported in product(MERGED, (False, True)):
        files = sorted(
            (each for each in manifest.of_kind(kind) if each.imported is imported),
            key=lambda each: each.since,
        )
        for month, of_month in groupby(files, lambda each: next_month(each.since)):
            of_this = [each for each in of_month if each.until <= month]
            rows = sum(each.rows for each in of_this)
            is_over = month <= manifest.until
            if len(of_this) > 1 and (is_over or (len(of_this) >= MANY_FILES and rows < ROW_GROUP)):
                yield of_this
                continue
            days = []
            for day, of_day in groupby(of_this, lambda each: each.since // DAY_MS):
                end = (day + 1) * DAY_MS
                hours = [each for each in of_day if each.until <= end]
                if len(hours) > 1 and end <= manifest.until:
                    yield hours
                elif hours and end <= manifest.until:
                    days += hours
            if len(days) >= WEEK:
                yield days[:WEEK]


def _floor(time: int, step: int) -> int:
    return time // step * step


def next_month(time: int) -> int:
    """The beginning of the month after (UTC)."""
    at = datetime.fromtimestamp(time / 1000, UTC)
    following = datetime(at.year + at.month // 12, at.month % 12 + 1, 1, tzinfo=UTC)
    return int(following.timestamp() * 1000)
