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
ENTRY_BYTES = 80
"""Of the table, for one entry, at its largest."""
MIB = 1024 * 1024


def cached(
    max_bytes: int, size_of: Callable[[Any], int] = getsizeof
) -> Callable[[Callable[[str], T]], Callable[[str], T]]:
    """Remember the results of a function of one text, those used last, in ``max_bytes``.

    None is computed anew each time, and so is the result of a long text. ``size_of`` tells how many
    bytes a result takes of its own.
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
            size += ENTRY_BYTES + getsizeof(text) + size_of(found)
            if size > max_bytes // 2:
                young, old, size = {}, young, 0
            young[text] = found
            return found

        return call

    return decorate


def size_with_texts(value: msgspec.Struct) -> int:
    """Of a struct whose texts are its own; one that it has twice counts once."""
    parts = {id(part): part for part in msgspec.structs.astuple(value)}
    return getsizeof(value) + sum(map(getsizeof, parts.values()))


def size_with_values(value: dict[str, str]) -> int:
    """Of a dict whose keys are shared."""
    return getsizeof(value) + sum(map(getsizeof, value.values()))
