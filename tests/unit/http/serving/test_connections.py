"""The caps, without sockets."""

import pytest
import structlog

from footfall.http.serving.connections import ConnectionLimits, OpenConnections

PROXIES = ("10.0.0.0/8", "fd00::/8")


@pytest.mark.parametrize(
    ("peers", "admitted"),
    [
        (["198.51.100.7"] * 3, 2),
        (["::ffff:198.51.100.7", "198.51.100.7", "198.51.100.7"], 2),
        ([f"2001:db8:1:2::{n}" for n in range(5)], 2),
        ([f"2001:db8:1:{n}::1" for n in range(5)], 5),
        (["10.1.2.3"] * 5, 5),
        (["fd00::1"] * 5, 5),
        (["no address"] * 5, 2),
    ],
)
def test_connections_of_one_address(peers: list[str], admitted: int) -> None:
    connections = OpenConnections(ConnectionLimits(max_per_address=2), PROXIES)
    found = [connections.admit(peer) for peer in peers]
    assert sum(each is not None for each in found) == connections.open == admitted
    for each in found:
        if each is not None:
            connections.release(each)
    assert connections.open == 0
    assert connections.admit(peers[0]) is not None


def test_the_cap_on_all_holds_for_proxies_too_and_is_logged_once() -> None:
    connections = OpenConnections(ConnectionLimits(), PROXIES)
    connections.cap = 20
    with structlog.testing.capture_logs() as logs:
        found = [connections.admit("10.1.2.3") for _ in range(30)]
        for each in filter(None, found):
            connections.release(each)
    assert connections.refused == {"all": 10}
    assert [line["log_level"] for line in logs] == ["error", "info"]
    assert "LimitNOFILE" in logs[0]["event"]
