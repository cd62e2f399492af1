import socket

import pytest

from footfall.errors import InvalidInput
from footfall.http.serving.server import address, listen


def test_port_0_takes_a_free_one_and_the_address_says_which() -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        assert port
        assert address(listener) == f"http://127.0.0.1:{port}"


def test_listening_everywhere_is_reached_by_loopback() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        assert address(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize(
    ("host", "remedy"), [("no such host", "--host"), ("192.0.2.1", "another --host")]
)
def test_a_host_that_is_not_ours_is_refused_with_a_remedy(host: str, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=remedy):
        listen(host, 0)
