"""Callers of different rights, for tests below HTTP."""

from footfall.principal import Stranger


def stranger(network: str) -> Stranger:
    """A caller without a token, from ``network``."""
    return Stranger(network)
