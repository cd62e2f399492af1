"""Real server processes on free loopback ports, ended by their process id."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

SITE = "bench"
ADMIN = "benchmark-admin-token"
START_SECONDS = 60


class Server(msgspec.Struct, frozen=True):
    port: int
    pid: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def disk_folder() -> Iterator[Path]:
    """A scratch folder beside this file: on a disk, where /tmp may be memory."""
    parent = Path(__file__).parent / ".scratch"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def process(arguments: list[str], port: int, ready: str, env: dict[str, str]) -> Iterator[Server]:
    """``python -m …``, from the moment ``ready`` answers to its end by SIGTERM."""
    child = subprocess.Popen([sys.executable, "-m", *arguments], env={**os.environ, **env})
    server = Server(port, child.pid)
    try:
        wait_for(server.url + ready, child)
        yield server
    finally:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def wait_for(url: str, child: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child.poll() is not None:
            raise RuntimeError(f"the server ended with {child.returncode} before {url} answered")
        try:
            if httpx.get(url).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"{url} did not answer within {START_SECONDS} s")


@contextmanager
def bare(app: str, env: dict[str, str] | None = None) -> Iterator[Server]:
    """The rival: ``benchmarks.bare:<app>`` under uvicorn, with the options Footfall uses."""
    port = free_port()
    arguments = ["uvicorn", f"benchmarks.bare:{app}", "--port", str(port)]
    arguments += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    arguments += ["--lifespan", "off", "--log-level", "warning"]
    with process(arguments, port, "/", env or {}) as server:
        yield server


@contextmanager
def footfall(folder: Path, **settings: object) -> Iterator[Server]:
    """``footfall serve`` on a new store in ``folder``, with the site made."""
    port = free_port()
    chosen = {"store": f"sqlite:///{folder}/bench.db", "port": port, "admin_token": ADMIN}
    chosen |= {"rate_limit": 0, **settings}
    env = {f"FOOTFALL_{name.upper()}": str(value) for name, value in chosen.items()}
    with process(["footfall", "serve"], port, "/readyz", env) as server:
        admin(server, "POST", "/api/analytics/sites", {"id": SITE, "name": "Bench"})
        yield server


def admin(server: Server, method: str, path: str, body: object = None) -> httpx.Response:
    """One request with the admin token; raises on a refusal."""
    headers = {"Authorization": f"Bearer {ADMIN}"}
    answer = httpx.request(method, server.url + path, json=body, headers=headers, timeout=60)
    answer.raise_for_status()
    return answer


def token(folder: Path, scope: str) -> str:
    """The secret of a new token for the site, made by the command line."""
    command = [sys.executable, "-m", "footfall", "token", "create", "--site", SITE]
    command += ["--scope", scope, "--store", f"sqlite:///{folder}/bench.db"]
    made = subprocess.run(command, check=True, capture_output=True, text=True)
    return made.stdout.split()[-1]
