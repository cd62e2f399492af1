"""Event ids for those that come without one."""

from collections.abc import Iterator
from secrets import token_urlsafe

LENGTH = 16
BYTES = LENGTH * 3 // 4
AT_ONCE = 256


def random_ids() -> Iterator[str]:
    """Endless ids of 16 URL-safe characters, 96 random bits each.

    They can't be guessed: whoever knew an id to come could send it first, and the real event
    would not count. Random bytes are fetched for many ids at once, as each fetch is a system call.
    """
    while True:
        text = token_urlsafe(BYTES * AT_ONCE)
        for start in range(0, LENGTH * AT_ONCE, LENGTH):
            yield text[start : start + LENGTH]
