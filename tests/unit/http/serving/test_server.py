import socket

import pytest

from footfall.errors import InvalidInput
from footfall.http.serving.server import address, listen


def test_port_0_takes_a_free_port_and_the_address_contains_it() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert port
        assert address(listener) == f"http://127.0.0.1:{port}"


def test_the_address_of_a_server_on_all_interfaces_is_loopback() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("host", "remedy"), [("no such host", "--host"), ("192.0.2.1", "another --host")]
)
def test_a_host_that_can_not_be_bound_is_refused_with_a_remedy(host: str, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=remedy):
        listen(host, 0)
