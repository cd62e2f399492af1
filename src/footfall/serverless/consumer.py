"""Turns batches of the table's stream into minute items. Delivering a batch again changes
nothing."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

import msgspec
import structlog

from footfall.clock import Clock
from footfall.dynamodb.stats import MinuteStats
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.items import Item
from footfall.errors import FootfallError, StoreUnavailable
from footfall.serverless.broadcast import Broadcast
from footfall.serverless.minute_items import MinuteItems
from footfall.times import MINUTE_MS

LambdaRecord: TypeAlias = Mapping[str, Any]
"""As Lambda delivers it: ``eventName``, ``dynamodb.NewImage``, ``dynamodb.SequenceNumber``."""

logger = structlog.get_logger("footfall.serverless")


class Group(msgspec.Struct):
    """The events of one site in one minute; ``first`` and ``last`` are indexes into the batch."""

    site: str
    minute: int
    first: int
    last: int
    sequence: str
    stats: MinuteStats
    images: list[Item]


class StreamConsumer:
    """``unreadable`` counts event items that can't be decoded."""

    def __init__(self, minutes: MinuteItems, broadcast: Broadcast, clock: Clock) -> None:
        self.unreadable = 0
        self._minutes = minutes
        self._broadcast = broadcast
        self._clock = clock

    async def consume(self, records: list[LambdaRecord]) -> str | None:
        """Count a batch and send listeners the result. Returns the sequence number from which to
        deliver it again, or None if everything was counted."""
        groups = self._groups(records)
        outcomes = await asyncio.gather(*(self._put(group) for group in groups))
        failed = [group for group, is_put in zip(groups, outcomes, strict=True) if not is_put]
        for site in dict.fromkeys(group.site for group in groups):
            images = [image for each in groups if each.site == site for image in each.images]
            await self._broadcast_site(site, images)
        if not failed:
            return None
        place = resume_at(groups, failed)
        again: str = records[place]["dynamodb"]["SequenceNumber"]
        return again

    def _groups(self, records: list[LambdaRecord]) -> list[Group]:
        """The events by site and minute. A group's sequence is that of its first record."""
        groups: dict[tuple[str, int], Group] = {}
        now = self._clock() // 1000
        for place, image, sequence in _events(records):
            site = keys.site_of(image[keys.PARTITION]["S"])
            minute = keys.time_of(image[keys.SORT]["S"]) // MINUTE_MS
            if not self._minutes.counts(minute, now):
                continue
            fresh = Group(site, minute, place, place, sequence, MinuteStats(), [])
            group = groups.get((site, minute), fresh)
            try:
                group.stats.add(image)
            except (KeyError, msgspec.DecodeError) as error:
                self.unreadable += 1
                logger.error("stream.unreadable", sequence=sequence, error=str(error))
                continue
            group.last = place
            group.images.append(image)
            groups[site, minute] = group
        return list(groups.values())

    async def _put(self, group: Group) -> bool:
        try:
            await self._minutes.put(group.site, group.minute, group.stats, group.sequence)
        except FootfallError as error:
            logger.error("stream.failed", site=group.site, minute=group.minute, error=str(error))
            return False
        return True

    async def _broadcast_site(self, site: str, images: list[Item]) -> None:
        """Failures are only logged: the next message carries the full state."""
        try:
            await self._broadcast.site(site, images)
        except StoreUnavailable as error:
            logger.error("broadcast.failed", site=site, error=str(error))


def resume_at(groups: list[Group], failed: list[Group]) -> int:
    """The index from which to deliver the batch again. It never splits a group, so that a group
    that was written is written again as the same item."""
    place = min(group.first for group in failed)
    while True:
        cut = [group.first for group in groups if group.first < place <= group.last]
        if not cut:
            return place
        place = min(cut)


def _events(records: Iterable[LambdaRecord]) -> Iterator[tuple[int, Item, str]]:
    """Inserted events. The stream also shows minute items and connections, which are skipped."""
    for place, record in enumerate(records):
        change = record["dynamodb"]
        image = change.get("NewImage")
        if record["eventName"] != "INSERT" or image is None:
            continue
        if image[keys.SORT]["S"].startswith(keys.EVENT_PREFIX):
            yield place, image, change["SequenceNumber"]
