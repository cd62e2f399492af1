"""The browser client's types are those of the server."""

from tools.protocol_types import TARGET, generated


def test_the_browser_clients_types_follow_from_the_servers_schemas() -> None:
    assert TARGET.read_text() == generated(), "they have drifted: run `make types`"
