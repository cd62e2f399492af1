"""How long the server answers nothing while an update goes out to 5,000 WebSockets and streams."""

import asyncio
import http.client
import multiprocessing
import time
from multiprocessing.synchronize import Event as Ended

import httpx

from benchmarks import builds, servers
from benchmarks.figures import Figure, record
from benchmarks.idle import BROWSER, CONNECTIONS, close_readers, open_readers
from benchmarks.servers import SITE, Server

UPDATES = 40
PAUSE_SECONDS = 0.5
AGENT = {"User-Agent": BROWSER.split("\r\n")[0].removeprefix("User-Agent: ")}


def longest_answer(port: int, ended: Ended, longest: "multiprocessing.Queue[float]") -> None:
    """Ask for the smallest answer, again and again. A process of its own: the readers keep theirs
    busy."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    worst = 0.0
    while not ended.is_set():
        began = time.perf_counter()
        connection.request("GET", "/healthz")
        connection.getresponse().read()
        worst = max(worst, time.perf_counter() - began)
    longest.put(worst * 1000)


async def watch(server: Server, readers: int) -> float:
    """The longest wait for an answer, in ms, while ``readers`` get an update every half second."""
    ended = multiprocessing.Event()
    longest: multiprocessing.Queue[float] = multiprocessing.Queue()
    opened = await open_readers(server, readers)
    probe = multiprocessing.Process(target=longest_answer, args=(server.port, ended, longest))
    probe.start()
    async with httpx.AsyncClient(base_url=server.url, headers=AGENT) as client:
        for number in range(UPDATES):
            page = {"s": SITE, "e": "pageview", "u": f"https://x.example/{number}"}
            (await client.post("/collect", json=page)).raise_for_status()
            await asyncio.sleep(PAUSE_SECONDS)
    ended.set()
    worst = await asyncio.to_thread(longest.get)
    probe.join()
    await close_readers(opened)
    return worst


def measure() -> list[Figure]:
    builds.require_compiled()
    with servers.disk_folder() as folder, servers.footfall(folder) as server:
        alone = asyncio.run(watch(server, 1))
        crowded = asyncio.run(watch(server, CONNECTIONS))
    return [
        Figure(
            name=f"longest wait for an answer while {CONNECTIONS:,} readers get an update",
            value=crowded,
            unit="ms",
            bar=15,
            sense="at most",
            details={"with one reader": round(alone, 1), "updates": UPDATES},
        )
    ]


if __name__ == "__main__":
    record("stretch", measure())
