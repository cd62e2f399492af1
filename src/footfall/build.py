"""Which build this is: the modules that each event passes through may be compiled."""

from importlib.util import find_spec


def build() -> str:
    """``compiled`` or ``pure Python``."""
    found = find_spec("footfall.window.site")
    is_pure = found is None or (found.origin or "").endswith(".py")
    return "pure Python" if is_pure else "compiled"
