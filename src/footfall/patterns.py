"""Patterns that owners and readers of a site write: RE2 expressions of bounded cost.

RE2's time is linear in the text and, at worst, in the size of the compiled program too: about 10 ns
for each character and instruction. So the work of a pattern is its size times the text's length.
"""

from collections.abc import Callable

import re2

from footfall.errors import InvalidInput

MAX_LENGTH = 500
"""Characters of one pattern: a longer one could take long to compile."""
MAX_PROGRAM = 250
"""Instructions of one pattern. `^/order/[0-9a-f-]{36}$` has some 50, `\\p{L}+` has 1,200."""
_MAX_MEMORY = 1 << 17
"""Bytes of one compiled pattern: its program, and the states that matching keeps."""


class Pattern:
    """``search`` returns None for a text in which the pattern matches nowhere; ``size`` is its
    number of instructions."""

    __slots__ = ("search", "size")

    def __init__(self, text: str, field: str) -> None:
        """``field`` is where the pattern stands. Raises InvalidInput."""
        if len(text) > MAX_LENGTH:
            raise _too_large(text, field)
        try:
            compiled = re2.compile(text, _options())
        except re2.error as error:
            if "too large" in _words(error):
                raise _too_large(text, field) from None
            raise InvalidInput(
                f"the pattern {text[:80]!r} is not an RE2 expression ({_words(error)}): correct it",
                field,
            ) from None
        self.search: Callable[[str], object] = compiled.search
        self.size: int = compiled.programsize
        if self.size > MAX_PROGRAM:
            raise _too_large(text, field)


def _too_large(text: str, field: str) -> InvalidInput:
    return InvalidInput(
        f"the pattern {text[:80]!r} is too large: shorten it, or repeat less in it; repetitions "
        r"such as {500} and classes such as \p{L} count many times",
        field,
    )


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    options.never_capture = True
    return options


def _words(error: Exception) -> str:
    text = error.args[0] if error.args else ""
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
