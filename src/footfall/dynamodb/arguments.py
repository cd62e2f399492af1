"""Checks the arguments of commands, and says what to give instead. All raise InvalidInput."""

import re
import time
from collections.abc import Iterable, Mapping

import msgspec

from footfall.decoding import explain
from footfall.dynamodb.stats import LastSeen, MinuteStats
from footfall.errors import InvalidInput

VISITORS = "give `visitors`, a map of id → (last second, path, country), so that they are distinct"
LONGEST_TTL_S = 10**11
"""Larger numbers are milliseconds."""
_CAPITAL = re.compile(r"(?<!^)(?=[A-Z])")


def refuse_unknown(names: Iterable[str]) -> None:
    """Refuse arguments that a command does not have."""
    for name in names:
        snake = _CAPITAL.sub("_", name).lower()
        if snake == "current_visitors":
            raise InvalidInput(VISITORS, field=name)
        instead = f"write {snake}" if snake != name else "leave it out"
        raise InvalidInput(f"there is no argument {name}: {instead}", field=name)


def check_site_id(site_id: object) -> None:
    if isinstance(site_id, Mapping):
        raise InvalidInput("give keyword arguments, not a dict: (site_id=…, …)", field="site_id")
    if not isinstance(site_id, str) or not site_id:
        raise InvalidInput(f"{site_id!r} is not a site's id: give its text", field="site_id")


def check_minute(minute: object) -> None:
    try:
        time.strptime(str(minute), "%Y-%m-%dT%H:%M")
    except ValueError:
        raise InvalidInput(
            f"{minute!r} is not a minute: write it in UTC, as 2026-01-15T10:30", field="minute"
        ) from None


def check_ttl(ttl: int | None, now: float) -> None:
    if ttl is None or now < ttl < LONGEST_TTL_S:
        return
    raise InvalidInput(
        f"{ttl} has passed, or is in milliseconds: give the second since the epoch from which the "
        f"item no longer counts, as {int(now) + 600}",
        field="ttl",
    )


def checked_stats(
    page_views: int,
    active_pages: Mapping[str, int],
    visitors: Mapping[str, LastSeen | tuple[int, str, str | None]],
) -> MinuteStats:
    if isinstance(visitors, int):
        raise InvalidInput(VISITORS, field="visitors")
    try:
        given = {"page_views": page_views, "active_pages": active_pages, "visitors": visitors}
        return msgspec.convert(given, MinuteStats)
    except msgspec.ValidationError as error:
        message, field = explain(error)
        raise InvalidInput(f"{message}: see update_realtime_stats_command", field=field) from None
