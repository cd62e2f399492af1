"""Caches of texts that strangers send, bounded in bytes as well as in entries."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

T = TypeVar("T")

MAX_TEXT = 512
"""Characters; what browsers and proxies send is nearly always shorter."""


def is_cacheable(text: str) -> bool:
    """Whether a cache may keep ``text``. Browsers send ASCII; other texts take up to four bytes
    a character."""
    return len(text) <= MAX_TEXT and text.isascii()


def cached(entries: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """``lru_cache`` of a function of one text, which computes long texts anew each time."""

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        remembered = lru_cache(entries)(function)

        @wraps(function)
        def call(text: str) -> T:
            return remembered(text) if is_cacheable(text) else function(text)

        return call

    return decorate
