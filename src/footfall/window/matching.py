"""A filter compiled to a test on facts."""

from collections.abc import Callable

from footfall.window.labels import DIMENSIONS, Facts
from footfall.window.query import Filter

Matcher = Callable[[Facts], bool]


def compile_filter(wanted: Filter) -> Matcher | None:
    """The test for ``wanted``; None when everything matches."""
    exact: list[tuple[int, str]] = []
    prefix: str | None = None
    for index, dimension in enumerate(DIMENSIONS):
        value: str | None = getattr(wanted, dimension)
        if value is None:
            continue
        if dimension == "path" and value.endswith("*"):
            prefix = value[:-1]
        else:
            exact.append((index, value))
    if prefix is None and not exact:
        return None

    def matches(facts: Facts) -> bool:
        if prefix is not None and not facts[0].startswith(prefix):
            return False
        return all(facts[index] == value for index, value in exact)

    return matches
