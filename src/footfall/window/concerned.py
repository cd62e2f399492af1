"""Finds the filters that an event or a visitor may match, without asking each."""

from collections import defaultdict
from typing import Generic, TypeVar

from footfall.window.query import DIMENSIONS, Dimensions, Filter

T = TypeVar("T")


class Concerned(Generic[T]):
    """Things with a filter, by the first value that it wants; those without a filter always
    match. A path may be wanted by a prefix."""

    __slots__ = ("_always", "_by_prefix", "_by_value", "_lengths", "_used")

    def __init__(self) -> None:
        self._always: list[T] = []
        self._by_value: tuple[defaultdict[str, list[T]], ...] = tuple(
            defaultdict(list) for _ in DIMENSIONS
        )
        self._by_prefix: defaultdict[str, list[T]] = defaultdict(list)
        self._used: tuple[int, ...] = ()
        """The dimensions of which some value is wanted."""
        self._lengths: tuple[int, ...] = ()
        """Of the prefixes."""

    def add(self, wanted: Filter, thing: T) -> None:
        self._group(wanted).append(thing)
        self._note_used()

    def remove(self, wanted: Filter, thing: T) -> None:
        self._group(wanted).remove(thing)
        for groups in (*self._by_value, self._by_prefix):
            for value in [value for value, things in groups.items() if not things]:
                del groups[value]
        self._note_used()

    def by(self, dimensions: Dimensions) -> list[T]:
        """Those that may match."""
        if not (self._used or self._lengths):
            return self._always
        found = self._always.copy()
        for index in self._used:
            things = self._by_value[index].get(dimensions[index])
            if things is not None:
                found += things
        path = dimensions[0]
        for length in self._lengths:
            things = self._by_prefix.get(path[:length]) if length <= len(path) else None
            if things is not None:
                found += things
        return found

    def by_either(self, before: Dimensions, after: Dimensions) -> list[T]:
        """Those that may match one of them, each once."""
        if before is after:
            return self.by(after)
        one, other = self.by(before), self.by(after)
        return one if one is other else list(dict.fromkeys(one + other))

    def _group(self, wanted: Filter) -> list[T]:
        for index, dimension in enumerate(DIMENSIONS):
            value: str | None = getattr(wanted, dimension)
            if value is None:
                continue
            if dimension == "path" and value.endswith("*"):
                return self._by_prefix[value[:-1]]
            return self._by_value[index][value]
        return self._always

    def _note_used(self) -> None:
        self._used = tuple(index for index, groups in enumerate(self._by_value) if groups)
        self._lengths = tuple(sorted({len(prefix) for prefix in self._by_prefix}))
