"""Threads that post page views as fast as they are answered, and remember what was acknowledged."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import httpx

from footfall.collect.collector import ANYONES
from tests.e2e.processes import Footfall

ADMIN = "the-admin-token-of-these-tests"
SITE = "shop"
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}
PATIENCE_S = 30


class Sender(threading.Thread):
    """Posts until the server is gone, until ``end``, or until it is told to come back later."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(name=name)
        self.acknowledged: list[str] = []
        self.answers: list[int] = []
        """The status of each answer; 0 where there was none."""
        self.begun = threading.Event()
        """The first event is acknowledged."""
        self.sent = 0
        self._url = url
        self._is_over = False

    def run(self) -> None:
        with httpx.Client(base_url=self._url, headers=BROWSER, timeout=PATIENCE_S) as client:
            while not self._is_over:
                self._post(client, f"{self.name}-{self.sent}")

    def end(self) -> None:
        self._is_over = True
        self.join()

    def _post(self, client: httpx.Client, event_id: str) -> None:
        self.sent += 1
        try:
            answer = client.post("/collect", json=page_view(event_id))
        except httpx.TransportError:
            self._is_over = True
            self.answers.append(0)
            return
        self.answers.append(answer.status_code)
        if answer.status_code == 204:
            self.acknowledged.append(event_id)
            self.begun.set()
        else:
            self._is_over = True


def page_view(event_id: str) -> dict[str, str]:
    return {"s": SITE, "e": "pageview", "u": "https://x.example/", "id": event_id}


def start_senders(server: Footfall, count: int, run: str = "s") -> list[Sender]:
    """Returns when each has an event acknowledged."""
    senders = [Sender(server.url, f"{run}-{number}") for number in range(count)]
    for sender in senders:
        sender.start()
    for sender in senders:
        assert sender.begun.wait(PATIENCE_S)
    return senders


def acknowledged(senders: list[Sender]) -> list[str]:
    """What all of them were told is stored, once they have ended."""
    for sender in senders:
        sender.join()
    return [event_id for sender in senders for event_id in sender.acknowledged]


def add_site(server: Footfall) -> None:
    answer = httpx.post(
        f"{server.url}/api/analytics/sites",
        headers={"Authorization": f"Bearer {ADMIN}"},
        json={"id": SITE, "name": "Shop", "public": True},
    )
    assert answer.is_success, answer.text


def stored_ids(database: Path) -> list[str]:
    """As their senders, who have no write token, know them."""
    with closing(sqlite3.connect(database)) as connection:
        return [row[0].removeprefix(ANYONES) for row in connection.execute("SELECT id FROM events")]
