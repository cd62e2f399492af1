"""Who asks for work: the holder of a token for it, or a stranger, and what that may cost.

Whatever costs work takes a ``Principal``, so that nobody gets a holder's privilege because somebody
forgot to say who asks.
"""

from typing import Literal, TypeAlias

import msgspec

from footfall.errors import NotAuthenticated

Rate: TypeAlias = Literal["events", "reads", "light"]
"""Which rate of an address a request counts towards: ``light`` for what is at hand, such as files
and probes. Each is a setting."""

UNDECLARED = "this needs a token: without one there are no {work} here"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """The most that one request of a stranger may cost. What is not named costs nothing, and is
    refused."""

    rate: Rate
    views: int = 0
    """New views, or other readings of the log, one after the other."""
    reports: int = 0
    """Questions to the archive, one after the other."""
    body_bytes: int = 0
    seconds: float = 1.0
    """Until the answer begins."""


LIGHT = Cost(rate="light")
"""A file, a page, a probe, or a refusal."""
READ = Cost(rate="reads")
"""What is in memory; also a request that is refused without a token."""

ONE_VIEW = Cost(rate="reads", views=1, seconds=30)
ONE_REPORT = Cost(rate="reads", reports=1, seconds=60)


class Holder(msgspec.Struct, frozen=True):
    """Holds a token for what is asked, or is a part of the server itself."""


class Stranger(msgspec.Struct, frozen=True):
    """A caller without a token for what is asked, known by the network of its address."""

    network: str
    allowance: Cost

    def require(self, work: Literal["views", "reports"]) -> None:
        """Raises NotAuthenticated where the operation has not declared this work."""
        if not getattr(self.allowance, work):
            raise NotAuthenticated(UNDECLARED.format(work=work))


Principal: TypeAlias = Holder | Stranger

HOLDER = Holder()
