"""Which connections may be open, how many are, and why others were refused or ended."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Final, cast

import msgspec
import structlog
from starlette.types import Scope

from footfall.collect.address import Networks, parse_address

logger = structlog.get_logger("footfall.connections")

EXTENSION: Final = "footfall.connection"
"""Where a scope's ``extensions`` have the request's ``OpenConnection``."""
IDLE_SECONDS = 5
PROXY_IDLE_SECONDS = 75
"""For connections of trusted proxies: longer than proxies keep them (nginx: 60 s), so that it is
the proxy that closes, and never the server while a request is on its way."""
LINGER_SECONDS = 2
"""After a refusal: so that its sender, who may still be sending, can read the answer."""
MAX_FIELDS = 200
"""Header fields of one request. Browsers behind several proxies send about 40."""
BODY_BYTES_PER_SECOND = 16_384
"""A body that arrives at least so fast may take longer than ``body_seconds``."""


class ConnectionLimits(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds. ``max_head_bytes`` covers the request line and all header fields."""

    max_head_bytes: int = 65_536
    head_seconds: float = 10
    """From accept, or the first byte of a later request, to the end of its head."""
    body_seconds: float = 30
    stall_seconds: float = 30
    """How long a reader may take nothing of what waits for it."""
    max_per_address: int = 256


class OpenConnection:
    """One accepted connection, from accept until its transport is really closed."""

    __slots__ = ("_on_lost", "is_trusted", "network")

    def __init__(self, network: str, is_trusted: bool) -> None:
        self.network = network
        self.is_trusted = is_trusted
        """A proxy's: everybody may come through it."""
        self._on_lost: list[Callable[[], None]] = []

    @property
    def idle_seconds(self) -> float:
        return PROXY_IDLE_SECONDS if self.is_trusted else IDLE_SECONDS

    def when_lost(self, call: Callable[[], None]) -> None:
        """``call`` when the transport is closed and nothing is left in its buffer."""
        self._on_lost.append(call)

    def lost(self) -> None:
        calls, self._on_lost = self._on_lost, []
        for call in calls:
            call()


class OpenConnections:
    """Admits connections, at most ``max_per_address`` of one network address and ``cap`` in all.

    ``refused`` counts by reason. ``address`` and ``all`` are the two caps, and ``descriptors``
    seconds without a free one, in which the loop closes whoever connects and says nothing. Those
    closed later were too large (``head``), ``malformed``, ``slow_head``, ``slow_body``, or
    ``stalled`` (they do not read).
    """

    def __init__(self, limits: ConnectionLimits, trusted: Iterable[str]) -> None:
        self.limits = limits
        self.cap: int | None = None
        """Set by the server from the number of file descriptors; None: no cap."""
        self.open = 0
        self.refused: Counter[str] = Counter()
        self._trusted = Networks(trusted)
        self._by_network: dict[str, int] = {}
        self._is_full = False
        self._is_short = False

    def admit(self, peer: str) -> OpenConnection | None:
        """None if there are too many already."""
        address = parse_address(peer)
        is_trusted = address is not None and address.text in self._trusted
        network = peer if address is None else address.network
        if self.cap is not None and self.open >= self.cap:
            self._full()
            return None
        if not is_trusted:
            count = self._by_network.get(network, 0)
            if count >= self.limits.max_per_address:
                self.refused["address"] += 1
                return None
            self._by_network[network] = count + 1
        self.open += 1
        return OpenConnection(network, is_trusted)

    def release(self, connection: OpenConnection, error: Exception | None = None) -> None:
        """Its transport is closed, because of ``error`` or in good order."""
        self.open -= 1
        if isinstance(error, TimeoutError):  # the kernel's TCP_USER_TIMEOUT
            self.refused["stalled"] += 1
        if not connection.is_trusted:
            left = self._by_network[connection.network] - 1
            if left:
                self._by_network[connection.network] = left
            else:
                del self._by_network[connection.network]
        if self._is_full and self.cap is not None and self.open < self.cap * 9 // 10:
            self._is_full = False
            logger.info("connections accepted again", open=self.open)
        connection.lost()

    def descriptors_checked(self, *, are_left: bool) -> None:
        """Call every second."""
        if not are_left:
            self.refused["descriptors"] += 1
        if self._is_short and are_left:
            logger.info("file descriptors are free again: connections are accepted")
        elif not self._is_short and not are_left:
            logger.error(
                "no file descriptor is left, so new connections fail: raise LimitNOFILE "
                "(or ulimit -n)",
                open=self.open,
            )
        self._is_short = not are_left

    def _full(self) -> None:
        self.refused["all"] += 1
        if not self._is_full:
            self._is_full = True
            logger.error(
                "as many connections are open as there are file descriptors for: new ones are "
                "closed. Raise LimitNOFILE (or ulimit -n) if they are honest",
                open=self.open,
            )


def connection_of(scope: Scope) -> OpenConnection | None:
    """None under another server."""
    return cast("OpenConnection | None", scope.get("extensions", {}).get(EXTENSION))
