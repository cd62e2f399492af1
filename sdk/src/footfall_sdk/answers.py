"""What the server's answer to a batch means. No input or output."""

import json
import random
import re
from collections.abc import Mapping
from typing import NamedTuple

MAX_PAUSE_S = 60.0
_INDEX = re.compile(r"\[(\d+)\]")


class Delivered(NamedTuple):
    dropped: dict[str, int]
    """How many events the server left out on purpose, by reason."""


class Refused(NamedTuple):
    """These events of the batch are not valid, and none was taken: send the others again."""

    events: slice
    reason: str


class Halve(NamedTuple):
    """Send the batch in two halves: it is too large, or one of its events is not valid and the
    answer does not say which."""


class Again(NamedTuple):
    """Send the same batch after so many seconds."""

    seconds: float
    reason: str


def understand(
    status: int, headers: Mapping[str, str], body: bytes, size: int, attempt: int
) -> Delivered | Refused | Halve | Again:
    """The answer to a batch of ``size`` events, the ``attempt`` in a row from 0. Names of headers
    are in lower case."""
    if 200 <= status < 300:
        return Delivered(_dropped(headers.get("footfall-dropped", "")))
    if status == 400:
        return _refused(body, size)
    if status == 413:
        return Halve() if size > 1 else Refused(slice(0, 1), "it is too large")
    return Again(
        max(_seconds(headers.get("retry-after", "")), pause(attempt)),
        f"the server answered {status}: {_message(body)}",
    )


def pause(attempt: int) -> float:
    """Seconds before a batch is sent again: they double, and servers of one application don't come
    back all at once."""
    most: float = min(MAX_PAUSE_S, 0.25 * 2 ** min(attempt, 10))
    return most * (0.5 + random.random() / 2)  # noqa: S311 - spread, not secret


def _seconds(retry_after: str) -> float:
    return min(float(retry_after), MAX_PAUSE_S) if retry_after.isdecimal() else 0.0


def _dropped(header: str) -> dict[str, int]:
    pairs = (part.strip().partition("=") for part in header.split(",") if part.strip())
    return {reason: int(count) for reason, _, count in pairs if count.isdecimal()}


def _refused(body: bytes, size: int) -> Refused | Halve:
    index = _INDEX.match(str(_document(body).get("field", "")))
    number = int(index.group(1)) if index else 0
    if size > 1 and (index is None or number >= size):
        return Halve()
    number = min(number, size - 1)
    return Refused(slice(number, number + 1), _message(body))


def _message(body: bytes) -> str:
    return str(_document(body).get("error", "it gave no reason"))[:500]


def _document(body: bytes) -> Mapping[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
