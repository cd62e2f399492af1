"""Who asked for what: all that an event says of its request."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Visit(NamedTuple):
    """A visitor at a page.

    ``ip`` is an address as text, ``url`` absolute. Footfall makes a hash of address and user agent
    and keeps neither.
    """

    ip: str
    user_agent: str
    url: str
    referrer: str = ""
    opted_out: bool = False
    """They asked not to be tracked: nothing of theirs is sent."""


current: ContextVar[Visit | None] = ContextVar("footfall_visit", default=None)
"""That of the request which is served now."""


@contextmanager
def visiting(visit: Visit) -> Iterator[None]:
    """While the request is served."""
    token = current.set(visit)
    try:
        yield
    finally:
        current.reset(token)


def visit_of(
    headers: Mapping[str, str], peer: str, proxies: int, scheme: str, host: str, target: str
) -> Visit:
    """The visit of a request. Names of headers are in lower case; ``target`` is the path and the
    query, encoded as in a URL."""
    return Visit(
        forwarded_ip(peer, headers.get("x-forwarded-for", ""), proxies),
        headers.get("user-agent", ""),
        f"{scheme}://{headers.get('host') or host}{target}",
        headers.get("referer", ""),
        headers.get("dnt") == "1" or headers.get("sec-gpc") == "1",
    )


def forwarded_ip(peer: str, forwarded_for: str, proxies: int) -> str:
    """The visitor's address, where ``proxies`` of one's own each add their peer's address to
    ``X-Forwarded-For``. Whatever stands before these is the visitor's own word, and not taken."""
    if not proxies:
        return peer
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    return hops[-proxies] if len(hops) >= proxies else peer
