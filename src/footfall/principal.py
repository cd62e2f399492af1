"""Who asks for work: the holder of a token for it, or a stranger. Whatever costs work takes a
``Principal``, so that nobody gets a holder's privilege because somebody forgot to say who asks."""

from typing import TypeAlias

import msgspec


class Holder(msgspec.Struct, frozen=True):
    """Holds a token for what is asked, or is a part of the server itself."""


class Stranger(msgspec.Struct, frozen=True):
    """A caller without a token for what is asked, known by the network of its address."""

    network: str


Principal: TypeAlias = Holder | Stranger

HOLDER = Holder()
UNKNOWN = Stranger("")
"""A caller whose address nobody has found out."""
