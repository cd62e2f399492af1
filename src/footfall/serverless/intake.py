"""A batch of the table's stream → minute items, so that a batch delivered again changes nothing."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import structlog

from footfall.dynamodb.attributes import Item
from footfall.dynamodb.stats import MinuteStats
from footfall.engines.dynamodb import keys
from footfall.errors import FootfallError, StoreUnavailable
from footfall.serverless.broadcast import Broadcast
from footfall.serverless.minutes import Minutes

Record = Mapping[str, Any]
"""As Lambda gives it: ``eventName``, ``dynamodb.NewImage``, ``dynamodb.SequenceNumber``."""

MINUTE_MS = 60_000

log = structlog.get_logger("footfall.serverless")


class Group(msgspec.Struct):
    """The events of one site in one minute; ``first`` and ``last`` are places in the batch."""

    site: str
    minute: int
    first: int
    last: int
    sequence: str
    stats: MinuteStats
    images: list[Item]


class Intake:
    """``unreadable`` counts items that look like events and are none."""

    def __init__(self, minutes: Minutes, broadcast: Broadcast, clock: Callable[[], int]) -> None:
        """``clock`` gives ms since the epoch."""
        self.unreadable = 0
        self._minutes = minutes
        self._broadcast = broadcast
        self._clock = clock

    async def take(self, records: list[Record]) -> str | None:
        """Count a batch and tell who listens; the sequence number from which on to deliver it
        again, None when all is counted."""
        groups = self._groups(records)
        outcomes = await asyncio.gather(*(self._put(group) for group in groups))
        failed = [group for group, is_put in zip(groups, outcomes, strict=True) if not is_put]
        for site in dict.fromkeys(group.site for group in groups):
            images = [image for each in groups if each.site == site for image in each.images]
            await self._tell(site, images)
        if not failed:
            return None
        place = resume_at(groups, failed)
        again: str = records[place]["dynamodb"]["SequenceNumber"]
        return again

    def _groups(self, records: list[Record]) -> list[Group]:
        """A group's sequence is that of its own first record."""
        groups: dict[tuple[str, int], Group] = {}
        now = self._clock() // 1000
        for place, image, sequence in _events(records):
            site, minute = _site(image), _minute(image)
            if not self._minutes.counts(minute, now):
                continue
            fresh = Group(site, minute, place, place, sequence, MinuteStats(), [])
            group = groups.get((site, minute), fresh)
            try:
                group.stats.add(image)
            except (KeyError, msgspec.DecodeError) as error:
                self.unreadable += 1
                log.error("stream.unreadable", sequence=sequence, error=str(error))
                continue
            group.last = place
            group.images.append(image)
            groups[site, minute] = group
        return list(groups.values())

    async def _put(self, group: Group) -> bool:
        try:
            await self._minutes.put(group.site, group.minute, group.stats, group.sequence)
        except FootfallError as error:
            log.error("stream.failed", site=group.site, minute=group.minute, error=str(error))
            return False
        return True

    async def _tell(self, site: str, images: list[Item]) -> None:
        """Who misses this message gets the next, which says it all again."""
        try:
            await self._broadcast.site(site, images)
        except StoreUnavailable as error:
            log.error("broadcast.failed", site=site, error=str(error))


def resume_at(groups: list[Group], failed: list[Group]) -> int:
    """The place in the batch from which on to deliver it again, so that every group is in the
    rest whole or not at all: then each that was written is written again as the same item."""
    place = min(group.first for group in failed)
    while True:
        cut = [group.first for group in groups if group.first < place <= group.last]
        if not cut:
            return place
        place = min(cut)


def _events(records: Iterable[Record]) -> Iterator[tuple[int, Item, str]]:
    """What was inserted; minute items and connections, which the stream shows too, are not."""
    for place, record in enumerate(records):
        change = record["dynamodb"]
        image = change.get("NewImage")
        if record["eventName"] != "INSERT" or image is None:
            continue
        if image[keys.SORT]["S"].startswith(keys.EVENT_PREFIX):
            yield place, image, change["SequenceNumber"]


def _site(image: Item) -> str:
    partition: str = image[keys.PARTITION]["S"]
    return partition.removeprefix(keys.SITE_PREFIX).partition("#")[0]


def _minute(image: Item) -> int:
    """Since the epoch."""
    time: str = image[keys.SORT]["S"].removeprefix(keys.EVENT_PREFIX).partition("#")[0]
    return int(time) // MINUTE_MS
