"""Caches of texts that strangers send, bounded in bytes."""

from collections.abc import Callable
from functools import wraps
from sys import getsizeof
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

MAX_TEXT = 512
"""Characters; what browsers and proxies send is nearly always shorter, and a long text must not
push out many short ones."""
ENTRY_BYTES = 160
"""Of the table, for one entry."""
MIB = 1024 * 1024


def cached(max_bytes: int) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Remember the results of a function of one text, those used last, in ``max_bytes``.

    None is computed anew each time, and so is the result of a long text.
    """

    def decorate(function: Callable[[str], T]) -> Callable[[str], T]:
        # Two generations, which costs a hit nothing but one lookup: when the young one is full, it
        # becomes the old one, from which entries that are used again are taken over.
        young: dict[str, T] = {}
        old: dict[str, T] = {}
        size = 0

        @wraps(function)
        def call(text: str) -> T:
            found = young.get(text)
            return found if found is not None else miss(text)

        def miss(text: str) -> T:
            nonlocal young, old, size
            found = old.get(text)
            if found is None:
                found = function(text)
                if found is None or len(text) > MAX_TEXT:
                    return found
            size += ENTRY_BYTES + getsizeof(text) + _size(found)
            if size > max_bytes // 2:
                young, old, size = {}, young, 0
            young[text] = found
            return found

        return call

    return decorate


def _size(value: Any) -> int:
    """Bytes of a value and its texts; those that others share count too."""
    if isinstance(value, msgspec.Struct):
        return getsizeof(value) + sum(map(getsizeof, msgspec.structs.astuple(value)))
    if isinstance(value, dict):
        return getsizeof(value) + sum(map(getsizeof, value.values()))
    return getsizeof(value)
