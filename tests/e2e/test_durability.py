"""``kill -9`` during ingest: every event that was answered with 204 is stored once."""

import sqlite3
import threading
from collections import Counter
from pathlib import Path
from random import Random

import httpx

from tests.e2e.processes import Footfall

KILLS = 20
SENDERS = 4
BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0"}


class Sender(threading.Thread):
    """Posts page views one after another until the server is gone."""

    def __init__(self, url: str, name: str) -> None:
        super().__init__(name=name)
        self.acknowledged: list[str] = []
        self.begun = threading.Event()
        self._url = url

    def run(self) -> None:
        with httpx.Client(base_url=self._url, headers=BROWSER) as client:
            for number in range(100_000):
                event_id = f"{self.name}-{number}"
                event = {"s": "shop", "e": "pageview", "u": "https://x.example/", "id": event_id}
                try:
                    answer = client.post("/collect", json=event)
                except httpx.TransportError:
                    return
                assert answer.status_code == 204, answer.text
                self.acknowledged.append(event_id)
                self.begun.set()


def test_no_acknowledged_event_is_lost_or_doubled(tmp_path: Path) -> None:
    database = tmp_path / "footfall.db"
    settings = {"FOOTFALL_STORE": f"sqlite:///{database}", "FOOTFALL_RATE_LIMIT": "0"}
    server = Footfall("serve", environ={**settings, "FOOTFALL_ADMIN_TOKEN": "a" * 32})
    random = Random(1)
    acknowledged: list[str] = []
    for life in range(KILLS):
        server.start()
        if life == 0:
            _add_site(server)
        senders = [Sender(server.url, f"{life}-{number}") for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        senders[0].begun.wait(20)
        threading.Event().wait(random.random() / 5)  # a random moment within a batch
        server.kill()
        for sender in senders:
            sender.join()
            acknowledged += sender.acknowledged
    server.start()
    try:
        document = httpx.get(f"{server.url}/sites/shop/realtime?minutes=30").json()
    finally:
        server.stop()
    stored = Counter(_ids(database))
    assert len(acknowledged) > KILLS * SENDERS
    assert set(acknowledged) <= stored.keys()
    assert set(stored.values()) == {1}
    assert document["pageViews"] == len(stored)
    assert document["currentVisitors"] == 1


def _add_site(server: Footfall) -> None:
    answer = httpx.post(
        f"{server.url}/api/analytics/sites",
        headers={"Authorization": f"Bearer {'a' * 32}"},
        json={"id": "shop", "name": "Shop", "public": True},
    )
    assert answer.is_success, answer.text


def _ids(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM events")]
