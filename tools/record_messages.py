"""Records the messages of a real server over a WebSocket, for the browser client's tests.

    python -m tools.record_messages

Writes ``web/client/test/recorded.json``: a list of steps, each with what happened, the messages
that followed, and the document that HTTP served right after them.
"""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect

from footfall.client import ClientConfig
from footfall.client.follower import Follower
from footfall.documents import RealtimeDocument
from tests.serving import PUBLIC, Clock, add_sites, add_token, bearer, listening, new_app

TARGET = Path(__file__).parents[1] / "web" / "client" / "test" / "recorded.json"
PATIENCE = 10
LIMIT = 5
GERMAN, AMERICAN = "85.214.132.117", "8.8.8.8"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1"
)


class Recorder:
    """One reader of one server."""

    def __init__(self, server: str, clock: Clock, secret: str) -> None:
        self._config = ClientConfig(base_url=server, site_id=PUBLIC, minutes=5, limit=LIMIT)
        self._follower = Follower(self._config)
        self._http = httpx.AsyncClient(base_url=server)
        self._clock = clock
        self._secret = secret
        self._events = 0
        self.steps: list[dict[str, Any]] = []

    def connect(self) -> connect:
        """Connects, from the second time on with its position."""
        return connect(self._follower.url, compression=None)

    async def send(self, kind: str, path: str, **fields: Any) -> None:
        """Send one event as a server would, of now unless ``ts`` is given."""
        self._events += 1
        event = {
            "s": PUBLIC,
            "e": kind,
            "u": f"https://shop.example{path}",
            "id": f"event-{self._events:02}",
            "ts": self._clock.now,
            "ip": GERMAN,
            "ua": DESKTOP,
            **fields,
        }
        answer = await self._http.post("/collect", json=event, headers=bearer(self._secret))
        assert answer.status_code == 204, answer.text

    async def record(self, what: str, socket: ClientConnection, *, kind: str = "") -> None:
        """Record messages until the reader has the document of HTTP and a ``kind`` has arrived."""
        texts: list[str] = []
        held: RealtimeDocument | None = None
        kinds: set[str] = set()
        async with asyncio.timeout(PATIENCE):
            while held != await self._document() or (kind and kind not in kinds):
                texts.append(str(await socket.recv()))
                kinds.add(msgspec.json.decode(texts[-1])["type"])
                held = self._follower.apply(texts[-1])
        self.steps.append({"what": what, "messages": texts, "document": msgspec.to_builtins(held)})

    async def _document(self) -> RealtimeDocument:
        answer = await self._http.get(self._config.document_url)
        return msgspec.json.decode(answer.content, type=RealtimeDocument)

    async def close(self) -> None:
        await self._http.aclose()


async def record() -> list[Mapping[str, Any]]:
    clock = Clock()
    app = new_app(clock, update_interval_ms=10, tick_seconds=1)
    async with listening(app) as server:
        await add_sites(app)
        recorder = Recorder(server, clock, await add_token(app, "write", PUBLIC))
        async with recorder.connect() as socket:
            await recorder.record("an empty site", socket)
            await recorder.send("pageview", "/tea?utm_campaign=spring", t="Tea", sid="1")
            await recorder.record("a first visitor", socket)
            await recorder.send("event", "/tea", p={"name": "add_to_basket"})
            await recorder.send("outbound", "/tea", p={"url": "https://elsewhere.example/"})
            await recorder.send("pageview", "/<b>", ip=AMERICAN, ua=PHONE, t="<i>Coffee</i>")
            await recorder.record("clicks, and a second visitor", socket)
            clock.now += 61_000
            await recorder.record("a minute later", socket)
            for number in range(LIMIT):
                await recorder.send("pageview", f"/page/{number}", sid="1")
            await recorder.record("more events than a list is long", socket)
            clock.now += 10_000
            await recorder.send("pageview", "/newest")
            await recorder.record("one more", socket)
            await recorder.send("pageview", "/late", ts=clock.now - 5_000)
            await recorder.record("an event that was on its way for a while", socket)
            await recorder.record("nothing", socket, kind="tick")
        await recorder.send("pageview", "/missed", ip=AMERICAN, ua=PHONE)
        clock.now += 2_000
        async with recorder.connect() as socket:
            await recorder.record("a lost connection, taken up again", socket)
            clock.now += 400_000
            await recorder.record("all visitors gone", socket)
        await recorder.close()
    return [*recorder.steps]


if __name__ == "__main__":
    steps = asyncio.run(record())
    TARGET.write_bytes(msgspec.json.format(msgspec.json.encode({"limit": LIMIT, "steps": steps})))
