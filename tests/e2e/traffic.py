"""Events as a site's server sends them, with the addresses and user agents of its visitors."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx

from tests.e2e.browsers import WINDOWS
from tests.e2e.processes import Api, Footfall

GERMAN = "85.214.132.117"
AMERICAN = "8.8.8.8"


class Traffic:
    """Sends events of one site with a write token, which it creates."""

    def __init__(self, server: Footfall, api: Api, site: str) -> None:
        self._server = server
        self._site = site
        token = api.post("/tokens", {"scope": "write", "siteId": site, "name": "traffic"})
        self._headers = {"Authorization": f"Bearer {token['secret']}"}
        self._sent = 0

    def view(self, path: str = "/", **fields: Any) -> None:
        self.send([{"e": "pageview", "u": f"https://shop.example{path}", **fields}])

    def send(self, events: list[Mapping[str, Any]]) -> None:
        """Send events. Their default is a page view of ``/`` by a new visitor."""
        body = [{**self._defaults(), **event} for event in events]
        answer = httpx.post(f"{self._server.url}/collect", json=body, headers=self._headers)
        assert answer.status_code == 204, answer.text

    def _defaults(self) -> dict[str, Any]:
        self._sent += 1
        return {
            "s": self._site,
            "e": "pageview",
            "u": "https://shop.example/",
            "ip": f"203.0.{self._sent >> 8 & 255}.{self._sent & 255}",
            "ua": WINDOWS,
            "id": f"traffic-{self._sent}",
        }

    @contextmanager
    def flood(self, per_second: int) -> Iterator[None]:
        """Send ``per_second`` page views a second, in ten batches, until the block ends."""
        done = threading.Event()

        def run() -> None:
            batch = per_second // 10
            due = time.monotonic()
            while not done.is_set():
                self.send([{"u": f"https://shop.example/{n % 40}"} for n in range(batch)])
                due += 0.1
                done.wait(max(0.0, due - time.monotonic()))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
