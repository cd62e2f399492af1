"""An application in a process of its own, and the Footfall server that it feeds."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.e2e.processes import Api

PATIENCE_S = 60
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Shop:
    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"user-agent": FIREFOX})

    def view(self, path: str = "/", ip: str = "203.0.113.7", **headers: str) -> int:
        return self.client.get(path, headers={"x-forwarded-for": ip, **headers}).status_code

    def counters(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("/counters").json()
        return found

    def wait_until_sent(self) -> dict[str, Any]:
        """Gives the counters. Raises TimeoutError."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.counters())["waiting"]:
            if time.monotonic() > deadline:
                raise TimeoutError(f"not all was sent within {PATIENCE_S} s: {found}")
        return found


@contextmanager
def shop(
    framework: str,
    url: str,
    token: str,
    *,
    site: str = "shop",
    queue_size: int = 50_000,
    enabled: bool = True,
) -> Iterator[Shop]:
    name, *arguments = framework.split()
    environ = {
        **os.environ,
        "SHOP_FOOTFALL_URL": url,
        "SHOP_FOOTFALL_TOKEN": token,
        "SHOP_SITE": site,
        "SHOP_QUEUE_SIZE": str(queue_size),
        "SHOP_ENABLED": "1" if enabled else "",
    }
    command = [sys.executable, "-m", f"tests.sdk.apps.{name}", *arguments]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            found = Shop(process.stdout.readline().strip())
            with found.client:
                yield found
        finally:
            process.terminate()


def new_site(api: Api) -> str:
    """Make the site ``shop``. Gives a write token for it."""
    api.post("/sites", {"id": "shop", "name": "Shop", "public": True})
    token: str = api.post("/tokens", {"scope": "write", "siteId": "shop"})["secret"]
    return token
