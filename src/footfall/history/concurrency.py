"""The live counters of the past, minute by minute, and what is usual at such a minute."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, tzinfo
from statistics import median

from msgspec.structs import astuple

from footfall.documents import ConcurrencyRow
from footfall.errors import InvalidInput
from footfall.history.periods import Period, day_of
from footfall.history.port import MinuteStore
from footfall.model import MinuteCounts

WEEKS = 4
MAX_ROWS = 10_000
MAX_DAYS = 31
QUARTER = 15
"""Clocks are set, and zones differ, by whole quarters of an hour."""


class Concurrency:
    """Reads one site's minutes. Counting them takes tens of milliseconds, so a thread does it."""

    def __init__(self, store: MinuteStore, site: str, zone: tzinfo) -> None:
        self._store = store
        self._site = site
        self._zone = zone

    async def rows(self, asked: Period, step: int, now: datetime) -> list[ConcurrencyRow]:
        """A row for each ``step`` (minutes) that has begun and of which a minute has passed, those
        without visitors included. Raises InvalidInput, StoreUnavailable."""
        begin, end = _minutes(asked)
        if (end - begin) // step > MAX_ROWS or asked.length > timedelta(days=MAX_DAYS):
            raise InvalidInput(
                f"that is more than {MAX_ROWS:,} rows or {MAX_DAYS} days: choose a longer step, "
                "or a shorter time",
                field="from",
            )
        passed = min(end, int(now.timestamp()) // 60)
        kept = await self._store.read(self._site, begin, passed)
        return await asyncio.to_thread(self._stepped, kept, begin, passed, step)

    async def usual(self, asked: Period, step: int, now: datetime) -> list[ConcurrencyRow]:
        """What is usual in those of the asked minutes that are of today: the median of the same
        minutes of the same weekday in the last four weeks. Empty for a site that is younger than
        a week. Raises StoreUnavailable."""
        today = day_of(now)
        begin = max(_minutes(asked)[0], _minutes(today)[0])
        end = min(_minutes(asked)[1], _minutes(today)[1])
        ends = await self._store.ends(self._site)
        if ends is None or begin >= end:
            return []
        weeks = []
        for week in range(1, WEEKS + 1):
            then = await self._weeks_before(week, begin, end, ends[0])
            if then:
                weeks.append(then)
        if not weeks:
            return []

        def count() -> list[ConcurrencyRow]:
            medians = [
                _median(minute, [then[minute - begin] for then in weeks])
                for minute in range(begin, end)
            ]
            return self._stepped(medians, begin, end, step)

        return await asyncio.to_thread(count)

    async def _weeks_before(
        self, weeks: int, begin: int, end: int, oldest: int
    ) -> list[MinuteCounts | None]:
        """What was when the wall clock showed these minutes some weeks before; nothing if that was
        before the oldest that is kept."""
        by_quarter = {
            quarter: self._shift(quarter, weeks)
            for quarter in range(begin // QUARTER, end // QUARTER + 1)
        }
        shifts = by_quarter.values()
        if begin - max(shifts) < oldest:
            return []
        found = await self._store.read(self._site, begin - max(shifts), end - min(shifts))
        kept = {each.minute: each for each in found}
        return [kept.get(minute - by_quarter[minute // QUARTER]) for minute in range(begin, end)]

    def _shift(self, quarter: int, weeks: int) -> int:
        """How many minutes before this quarter of an hour that was."""
        moment = self._local(quarter * QUARTER)
        before = moment - timedelta(weeks=weeks)  # of the wall clock
        return int(moment.timestamp() - before.timestamp()) // 60

    def _stepped(
        self, kept: Sequence[MinuteCounts], begin: int, end: int, step: int
    ) -> list[ConcurrencyRow]:
        """The greatest counts of each step, and all its page views."""
        rows, place = [], 0
        for first, following in self._steps(begin, end, step):
            row = ConcurrencyRow(self._local(first).isoformat(timespec="minutes"), 0, 0, 0)
            while place < len(kept) and kept[place].minute < following:
                counts = kept[place]
                row.current_visitors = max(row.current_visitors, counts.current_visitors)
                row.present_visitors = max(row.present_visitors, counts.present_visitors)
                row.page_views += counts.page_views
                place += 1
            rows.append(row)
        return rows

    def _steps(self, begin: int, end: int, step: int) -> Iterator[tuple[int, int]]:
        """The minutes with which each step begins and ends. Steps begin with the hours of the
        site's zone."""
        while begin < end:
            offset = self._local(begin).utcoffset() or timedelta()
            following = begin + step - (begin + int(offset.total_seconds()) // 60) % step
            yield begin, min(following, end)
            begin = following

    def _local(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, self._zone)


def _minutes(asked: Period) -> tuple[int, int]:
    """From the first to before the last, as whole minutes since the epoch."""
    return int(asked.begin.timestamp()) // 60, -(-int(asked.end.timestamp()) // 60)


def _median(minute: int, found: Sequence[MinuteCounts | None]) -> MinuteCounts:
    nothing = MinuteCounts(minute, 0, 0, 0, 0)
    _, *counts = zip(*(astuple(each or nothing) for each in found), strict=True)
    return MinuteCounts(minute, *(round(median(each)) for each in counts))
