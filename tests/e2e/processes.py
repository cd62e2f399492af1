"""Footfall as its users run it: in its own process, reached over HTTP."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import httpx

ADMIN_TOKEN = "the-admin-token-of-these-tests"
STOP_SECONDS = 10
PATIENCE_S = 20


class Footfall:
    """One Footfall command, started and stopped by the test.

    It takes a free port at first and keeps it over restarts. ``log`` gets its stderr.
    """

    def __init__(
        self, *command: str, environ: Mapping[str, str] | None = None, log: Path | None = None
    ) -> None:
        self._command = command
        self._log = log
        self._environ = {**os.environ, **(environ or {})}
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> None:
        """Start the process. Returns when it prints its address."""
        port = self.url.rpartition(":")[2] or "0"
        with self._errors() as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "footfall", *self._command, "--port", port],
                env=self._environ,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        announced = next((line for line in self._process.stdout if "http://" in line), None)
        assert announced is not None, "it ended before it printed its address"
        address = next(word for word in announced.split() if word.startswith("http://"))
        self.url = str(httpx.URL(address).copy_with(path="", query=None)).rstrip("/")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def signal(self, number: int) -> tuple[int, float]:
        """Send a signal that ends it. Returns its exit code, and the seconds until then."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(number)
        code = self._process.wait(STOP_SECONDS)
        took = time.monotonic() - began
        self._process.communicate()
        return code, took

    def stop(self) -> None:
        """Send SIGTERM, and SIGKILL if the process does not end in time."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()
            raise
        finally:
            self._process = None

    def kill(self) -> None:
        """Send SIGKILL, so that it has no chance to clean up."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate()
        self._process = None

    @contextmanager
    def _errors(self) -> Iterator[IO[str] | None]:
        if self._log is None:
            yield None
            return
        with self._log.open("a") as file:
            yield file


class Api:
    """Requests to a server with its admin token."""

    def __init__(self, server: Footfall, admin_token: str) -> None:
        self._server = server
        self._headers = {"Authorization": f"Bearer {admin_token}"}

    def get(self, path: str) -> Any:
        return self._ask("GET", path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("POST", path, json=body)

    def patch(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._ask("PATCH", path, json=body)

    def delete(self, path: str) -> None:
        self._ask("DELETE", path)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        url = f"{self._server.url}/api/analytics{path}"
        response = httpx.request(method, url, headers=self._headers, **options)
        assert response.is_success, response.text
        return response.json() if response.content else None


@contextmanager
def serving(folder: Path, *arguments: str) -> Iterator[Footfall]:
    """``footfall serve`` on an empty SQLite store in ``folder``, which is kept over restarts."""
    store = f"sqlite:///{folder / 'footfall.db'}"
    environ = {"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN}
    server = Footfall("serve", "--store", store, *arguments, environ=environ)
    try:
        server.start()
        yield server
    finally:
        server.stop()


def until(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
