"""Events as a site's own server passes them on: with the visitors' addresses and browsers."""

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
    """What happens on one site; made on first use, with a write token."""

    def __init__(self, server: Footfall, api: Api, site: str) -> None:
        self._server = server
        self._site = site
        token = api.post("/tokens", {"scope": "write", "siteId": site, "name": "traffic"})
        self._headers = {"Authorization": f"Bearer {token['secret']}"}
        self._sent = 0

    def view(self, path: str = "/", **fields: Any) -> None:
        self.send([{"e": "pageview", "u": f"https://shop.example{path}", **fields}])

    def send(self, events: list[Mapping[str, Any]]) -> None:
        """Events default to a visit of ``/`` by somebody new."""
        body = [{**self._usual(), **event} for event in events]
        answer = httpx.post(f"{self._server.url}/collect", json=body, headers=self._headers)
        assert answer.status_code == 204, answer.text

    def _usual(self) -> dict[str, Any]:
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
        """So many visits each second, in ten parcels, while the context lasts."""
        done = threading.Event()

        def run() -> None:
            parcel = per_second // 10
            following = time.monotonic()
            while not done.is_set():
                self.send([{"u": f"https://shop.example/{n % 40}"} for n in range(parcel)])
                following += 0.1
                done.wait(max(0.0, following - time.monotonic()))

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
