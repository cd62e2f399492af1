import asyncio
import socket

import pytest
import structlog

from footfall.errors import InvalidInput
from footfall.http.serving.server import Server, address, listen
from tests.serving import PATIENCE, new_app


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


async def test_a_server_that_can_not_accept_any_more_ends_so_that_another_starts() -> None:
    app = new_app()
    listener, started = listen("127.0.0.1", 0), asyncio.Event()
    server = Server(app, started.set, app.life.begin_stop, app.connections, app.direct_collect)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    await started.wait()
    with structlog.testing.capture_logs() as logs:
        server.servers[0].close()  # as the loop does when accept fails
        async with asyncio.timeout(PATIENCE):
            await serving
    assert server.has_failed
    assert [line["log_level"] for line in logs] == ["critical"]
