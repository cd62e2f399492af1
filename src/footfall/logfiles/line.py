"""What a line of an access log says."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

MONTHS = {
    month: number
    for number, month in enumerate(
        b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1
    )
}


class LogLine(NamedTuple):
    """As it stands in the log; empty or ``-`` where the log does not say. ``method`` and ``target``
    are None for what was no request of HTTP."""

    ip: bytes
    time: bytes
    method: bytes | None
    target: bytes | None
    status: bytes
    referrer: bytes
    user_agent: bytes
    host: bytes


def time_ms(text: bytes) -> int:
    """Of ``10/Oct/2026:13:55:36 +0200``, of seconds since 1970, or of ISO 8601. Raises
    ValueError."""
    if text[2:3] == b"/":
        return _minute_ms(text[:17], text[20:]) + int(text[18:20]) * 1_000
    if b"T" in text:
        return round(datetime.fromisoformat(text.decode()).timestamp() * 1_000)
    return round(float(text) * 1_000)


@lru_cache(1024)
def _minute_ms(minute: bytes, zone: bytes) -> int:
    day, month, rest = minute.split(b"/")
    year, hour, minutes = rest.split(b":")
    begin = datetime(int(year), MONTHS.get(month, 0), int(day), int(hour), int(minutes), tzinfo=UTC)
    offset = int(zone[2:4]) * 60 + int(zone[4:6])
    ahead = -offset if zone[1:2] == b"-" else offset
    return (int(begin.timestamp()) - ahead * 60) * 1_000
