"""``kill -9`` during ingest: every event that was answered with 204 is stored once."""

import threading
from collections import Counter
from pathlib import Path
from random import Random

import httpx

from tests.e2e.processes import Footfall
from tests.e2e.senders import ADMIN, acknowledged, add_site, start_senders, stored_ids

KILLS = 20
SENDERS = 4


def test_no_acknowledged_event_is_lost_or_doubled(tmp_path: Path) -> None:
    database = tmp_path / "footfall.db"
    settings = {"FOOTFALL_STORE": f"sqlite:///{database}", "FOOTFALL_RATE_LIMIT": "0"}
    server = Footfall("serve", environ={**settings, "FOOTFALL_ADMIN_TOKEN": ADMIN})
    random = Random(1)
    kept: list[str] = []
    for life in range(KILLS):
        server.start()
        if life == 0:
            add_site(server)
        senders = start_senders(server, SENDERS, str(life))
        threading.Event().wait(random.random() / 5)  # a random moment within a batch
        server.kill()
        kept += acknowledged(senders)
    server.start()
    try:
        document = httpx.get(f"{server.url}/sites/shop/realtime?minutes=30").json()
    finally:
        server.stop()
    stored = Counter(stored_ids(database))
    assert len(kept) > KILLS * SENDERS
    assert set(kept) <= stored.keys()
    assert set(stored.values()) == {1}
    assert document["pageViews"] == len(stored)
    assert document["currentVisitors"] == 1
