"""Places for live connections: how many one address may have, and how many strangers in all."""

from collections import Counter

from starlette.requests import HTTPConnection

from footfall.collect.address import TrustedProxies
from footfall.errors import Overloaded, RateLimited
from footfall.http.serving.connections import connection_of
from footfall.principal import Holder, Principal

RESERVED_SHARE = 10
"""One in so many places is for token holders only."""
FULL = (
    "{count} live connections are open, the most this server allows: "
    "try again later, or raise FOOTFALL_MAX_SUBSCRIBERS"
)
CROWDED = (
    "{count} live connections without a token are open, the most this server allows: "
    "try again later, or use a token"
)
TOO_MANY = (
    "your address has {count} live connections, the most this server allows: "
    "close some, or use a token"
)


class LiveSlot:
    """One place. ``hold`` keeps it until the transport is closed, ``leave`` gives it back."""

    __slots__ = ("_has_token", "_is_held", "_network", "_slots")

    def __init__(self, slots: "LiveSlots", network: str | None, has_token: bool) -> None:
        self._slots = slots
        self._network = network
        self._has_token = has_token
        self._is_held = False

    def hold(self, connection: HTTPConnection) -> None:
        """From here on only the end of the connection's transport frees the place, where the
        server knows of it: a reader that has left its subscription may still cost memory."""
        transport = connection_of(connection.scope)
        if transport is not None:
            self._is_held = True
            transport.when_lost(self._free)

    def leave(self) -> None:
        """Call once, when the subscription has ended or could not be made."""
        if not self._is_held:
            self._free()

    def _free(self) -> None:
        self._slots.free(self._network, has_token=self._has_token)


class LiveSlots:
    """At most ``most`` places, a tenth of them for token holders only; at most ``per_address``
    without a token for one network address.

    A client that is itself a trusted proxy is not counted by address: it stands for readers whose
    addresses it doesn't tell. ``refused`` counts by ``address``, ``strangers`` and ``all``.
    """

    def __init__(self, proxies: TrustedProxies, most: int, per_address: int) -> None:
        self.refused: Counter[str] = Counter()
        self._proxies = proxies
        self._most = most
        self._most_strangers = most - most // RESERVED_SHARE
        self._per_address = per_address
        self._taken = 0
        self._strangers = 0
        self._by_network: Counter[str] = Counter()

    def take(self, connection: HTTPConnection, caller: Principal) -> LiveSlot:
        """Raises RateLimited when the address has too many, Overloaded when there are too many."""
        has_token = isinstance(caller, Holder)
        network = None if has_token else self._network(connection)
        if network is not None and self._by_network[network] >= self._per_address:
            self.refused["address"] += 1
            raise RateLimited(TOO_MANY.format(count=self._per_address))
        if self._taken >= self._most:
            self.refused["all"] += 1
            raise Overloaded(FULL.format(count=self._most))
        if not has_token and self._strangers >= self._most_strangers:
            self.refused["strangers"] += 1
            raise Overloaded(CROWDED.format(count=self._most_strangers))
        self._taken += 1
        if not has_token:
            self._strangers += 1
        if network is not None:
            self._by_network[network] += 1
        return LiveSlot(self, network, has_token)

    def free(self, network: str | None, *, has_token: bool) -> None:
        self._taken -= 1
        if not has_token:
            self._strangers -= 1
        if network is not None:
            self._by_network[network] -= 1
            if not self._by_network[network]:
                del self._by_network[network]

    def _network(self, connection: HTTPConnection) -> str | None:
        """None for a trusted proxy."""
        client = self._proxies.of(connection.scope.get("client"), connection.scope["headers"])
        return None if client.is_proxy else client.network
