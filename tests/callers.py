"""Callers of different rights, for tests below HTTP."""

from footfall.principal import Cost, Stranger


def stranger(network: str) -> Stranger:
    """A caller without a token, from ``network``, where all work is allowed that can be."""
    return Stranger(network, Cost(rate="reads", views=1, reports=1))
