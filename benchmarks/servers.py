"""Server processes on free loopback ports."""

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
REALTIME = f"/api/analytics/sites/{SITE}/realtime"
ADMIN = "benchmark-admin-token"
START_SECONDS = 60
UNLIMITED = ("--rate-limit", "0", "--read-rate-limit", "0")
"""Flags for figures whose load comes from one machine."""
DEFAULTS: tuple[str, ...] = ()


class Server(msgspec.Struct, frozen=True):
    port: int
    process: int = 0
    """Its id, for what is measured in /proc."""
    tokens: dict[str, str] = {}
    """Of Footfall: the secrets of the site's read and write token, by scope."""

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
    """A temporary folder beside this file, on a disk: /tmp may be in memory."""
    parent = Path(__file__).parent / ".scratch"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def process(arguments: list[str], port: int, ready: str, env: dict[str, str]) -> Iterator[Server]:
    """Run ``python -m …``. The block starts when ``ready`` answers; SIGTERM ends the process."""
    child = subprocess.Popen([sys.executable, "-m", *arguments], env={**os.environ, **env})
    try:
        wait_for(f"http://127.0.0.1:{port}{ready}", child)
        yield Server(port, child.pid)
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
    """The baseline: ``benchmarks.bare:<app>`` under uvicorn, with the options Footfall uses."""
    port = free_port()
    arguments = ["uvicorn", f"benchmarks.bare:{app}", "--port", str(port)]
    arguments += ["--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    arguments += ["--lifespan", "off", "--log-level", "warning"]
    with process(arguments, port, "/", env or {}) as server:
        yield server


@contextmanager
def footfall(folder: Path, flags: tuple[str, ...] = UNLIMITED) -> Iterator[Server]:
    """``footfall serve`` on a new store in ``folder``, with a site and its tokens."""
    store = f"sqlite:///{folder}/bench.db"
    with serve(store, prepare(store), flags) as server:
        yield server


def publish(server: Server) -> None:
    """Let anyone read the site."""
    answer = httpx.patch(
        f"{server.url}/api/analytics/sites/{SITE}",
        json={"public": True},
        headers={"Authorization": f"Bearer {ADMIN}"},
    )
    answer.raise_for_status()


def prepare(store: str) -> dict[str, str]:
    """Add the site. Returns the secrets of its tokens by scope."""
    command("site", "add", SITE, "--store", store)
    return {
        scope: command("token", "create", "--site", SITE, "--scope", scope, "--store", store)
        for scope in ("read", "write")
    }


@contextmanager
def serve(
    store: str, tokens: dict[str, str], flags: tuple[str, ...] = UNLIMITED
) -> Iterator[Server]:
    port = free_port()
    env = {"FOOTFALL_STORE": store, "FOOTFALL_PORT": str(port), "FOOTFALL_ADMIN_TOKEN": ADMIN}
    with process(["footfall", "serve", *flags], port, "/readyz", env) as started:
        yield Server(port, started.process, tokens)


def command(*arguments: str) -> str:
    """Run a command of Footfall. Returns what it prints."""
    called = [sys.executable, "-m", "footfall", *arguments]
    return subprocess.run(called, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()


def realtime(server: Server, minutes: int = 5) -> httpx.Response:
    """The site's document. Raises if it is refused."""
    answer = httpx.get(
        f"{server.url}{REALTIME}?minutes={minutes}",
        headers={"Authorization": f"Bearer {server.tokens['read']}"},
        timeout=60,
    )
    answer.raise_for_status()
    return answer


def cpu_seconds(process: int) -> dict[int, float]:
    """CPU time of each thread of the process so far, by the thread's id; the first has the
    process's own."""
    ticks = os.sysconf("SC_CLK_TCK")
    times = {}
    for thread in Path(f"/proc/{process}/task").iterdir():
        fields = (thread / "stat").read_text().rpartition(")")[2].split()
        times[int(thread.name)] = (int(fields[11]) + int(fields[12])) / ticks
    return times
