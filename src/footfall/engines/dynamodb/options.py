"""The options in a store's URL: ``dynamodb://table?region=eu-central-1&endpoint=…&shards=4``."""

import re
from urllib.parse import parse_qsl, urlsplit

import msgspec

from footfall.errors import InvalidInput

SCHEME = "dynamodb"
EXAMPLE = "dynamodb://footfall?region=eu-central-1"

TABLE_NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
MAX_SHARDS = 64
POLL_MS = (10, 5_000)


class TableOptions(msgspec.Struct, frozen=True, kw_only=True):
    """One table and how to use it. Credentials are found as by AWS's own tools."""

    table: str
    region: str | None = None
    """None: taken from the environment."""
    endpoint: str | None = None
    """An address other than AWS's own, such as an emulator's."""
    shards: int = 4
    """Partitions over which a site's events are spread; each takes about 1,000 writes/s."""
    poll_ms: int = 400
    """Pause between two reads of the stream: two nodes share five reads per second and shard."""


def parse_options(url: str) -> TableOptions:
    """The options of a store's URL. Raises InvalidInput that says what is wrong with it."""
    parts = urlsplit(url)
    if parts.scheme != SCHEME or parts.path not in ("", "/"):
        raise _refusal(url, f"write {EXAMPLE}")
    if not TABLE_NAME.fullmatch(parts.netloc):
        raise _refusal(url, "a table's name is 3 to 255 letters, digits, and any of _.-")
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = given.keys() - {"region", "endpoint", "shards", "poll_ms"}
    if unknown:
        raise _refusal(
            url, f"{sorted(unknown)[0]!r} is unknown: it takes region, endpoint, shards, poll_ms"
        )
    numbers = {
        name: _number(url, name, given[name], limits)
        for name, limits in (("shards", (1, MAX_SHARDS)), ("poll_ms", POLL_MS))
        if name in given
    }
    return TableOptions(
        table=parts.netloc,
        region=given.get("region") or None,
        endpoint=given.get("endpoint") or None,
        **numbers,
    )


def _number(url: str, name: str, text: str, limits: tuple[int, int]) -> int:
    lowest, highest = limits
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise _refusal(url, f"{name} must be a whole number from {lowest} to {highest}")
    return int(text)


def _refusal(url: str, what: str) -> InvalidInput:
    return InvalidInput(f"cannot open {url!r} as a store: {what}", field="store")
