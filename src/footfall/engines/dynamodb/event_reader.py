"""Decodes stored events. An item that can't be decoded is set aside, so that it never stops the
others."""

from collections.abc import Iterator

import structlog

from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.items import LINK, Item, LinkKeys, day_of, to_event, to_events
from footfall.engines.dynamodb.links import Links
from footfall.model import Event

logger = structlog.get_logger()

MAX_REMEMBERED = 1_000
"""Unreadable items; then the oldest is forgotten, and logged and counted again when it comes."""


class EventReader:
    """``unreadable`` counts the items that were set aside, each once; the log names them."""

    def __init__(self, links: Links) -> None:
        self.unreadable = 0
        self._links = links
        self._known: dict[tuple[str, str], None] = {}

    async def read(self, items: list[Item]) -> list[Event | None]:
        """In the same order; None for what was set aside. Raises StoreUnavailable."""
        link_keys = await self._links.for_reading(_linked_days(items))
        try:
            return list(to_events(items, link_keys))
        except Exception:  # whatever another program or version wrote
            return [self._event(item, link_keys) for item in items]

    def _event(self, item: Item, link_keys: LinkKeys) -> Event | None:
        try:
            return to_event(item, link_keys)
        except Exception as error:
            self._set_aside(item, error)
            return None

    def _set_aside(self, item: Item, error: Exception) -> None:
        key = (item[keys.PARTITION]["S"], item[keys.SORT]["S"])
        if key in self._known:
            return
        if len(self._known) >= MAX_REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[key] = None
        self.unreadable += 1
        logger.error("event.unreadable", partition=key[0], sort=key[1], error=repr(error))


def _linked_days(items: list[Item]) -> Iterator[int]:
    for item in items:
        if LINK in item:
            try:
                yield day_of(keys.time_of(item[keys.SORT]["S"]))
            except ValueError:  # no time in it: such an item has no link
                continue
