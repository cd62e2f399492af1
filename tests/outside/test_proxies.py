"""The lines of ``docs/proxies.md``, in nginx and Caddy as Debian has them."""

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

import httpx
import pytest

from tests.e2e.processes import Api, Footfall

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "proxies.md"
PROGRAMS = ROOT / "build" / "proxies" / "usr"
ADMIN_TOKEN = "the-admin-token-of-these-tests"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PATIENCE_S = 20
Proxy: TypeAlias = Callable[[Path, int, str], AbstractContextManager[None]]
"""Runs in a folder, at a port, with these lines in its site's block."""
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {lines}
        location / {{ return 404; }}
    }}
}}
"""
CADDY = """
{{
    admin off
    auto_https off
    storage file_system {folder}
}}
http://127.0.0.1:{port} {{
    bind 127.0.0.1
    {lines}
    root * {folder}
    file_server
}}
"""


def documented(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)
    assert found is not None
    return found.group(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Footfall]:
    flags = re.search(r"footfall serve (.*)", DOCS.read_text())
    assert flags is not None
    store = f"sqlite:///{tmp_path_factory.mktemp('store') / 'footfall.db'}"
    server = Footfall(
        *("serve", *flags.group(1).split(), "--store", store),
        environ={"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN},
    )
    try:
        server.start()
        Api(server, ADMIN_TOKEN).post("/sites", {"id": "my-site", "public": True})
        yield server
    finally:
        server.stop()


@contextmanager
def nginx(folder: Path, port: int, lines: str) -> Iterator[None]:
    config = folder / "nginx.conf"
    config.write_text(NGINX.format(folder=folder, port=port, lines=lines))
    with running(
        str(PROGRAMS / "sbin" / "nginx"), "-e", "stderr", "-p", str(folder), "-c", str(config)
    ):
        yield


@contextmanager
def caddy(folder: Path, port: int, lines: str) -> Iterator[None]:
    config = folder / "Caddyfile"
    config.write_text(CADDY.format(folder=folder, port=port, lines=lines))
    with running(
        str(PROGRAMS / "bin" / "caddy"), "run", "--adapter", "caddyfile", "--config", str(config)
    ):
        yield


@contextmanager
def running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            httpx.get(address)
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "the proxy does not answer"


@pytest.mark.parametrize(("proxy", "language"), [(nginx, "nginx"), (caddy, "caddy")])
def test_the_documented_lines_pass_script_and_events_and_nothing_else(
    proxy: Proxy, language: str, server: Footfall, tmp_path: Path
) -> None:
    port = free_port()
    lines = documented(language).replace("127.0.0.1:8000", server.url.removeprefix("http://"))
    address = f"http://127.0.0.1:{port}"
    with proxy(tmp_path, port, lines):
        wait_for(address)
        script = httpx.get(f"{address}/js/shop.js")
        assert script.status_code == 200
        assert script.text == httpx.get(f"{server.url}/footfall.js").text
        before = visitors(server)
        event = {"s": "my-site", "e": "pageview", "u": f"https://shop.example/{language}"}
        for own in ("127.0.0.3", "127.0.0.4"):
            with httpx.Client(transport=httpx.HTTPTransport(local_address=own)) as visitor:
                answer = visitor.post(
                    f"{address}/js/shop",
                    json=event,
                    headers={"user-agent": f"{FIREFOX} {language}"},
                )
            assert answer.status_code == 204
        assert visitors(server) == before + 2
        assert httpx.get(f"{address}/api/analytics/sites").status_code == 404
        assert httpx.post(f"{address}/collect", json=event).status_code == 404


def visitors(server: Footfall) -> int:
    answer = httpx.get(f"{server.url}/api/analytics/sites/my-site/realtime")
    return int(answer.json()["currentVisitors"])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
