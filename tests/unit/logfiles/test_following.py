"""What is sent of a log, and when: to a server of its own kind, on its own clock."""

import json
import random
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from footfall.logfiles import reading
from footfall.logfiles.following import FollowedLog
from footfall.logfiles.formats import parser
from footfall.logfiles.reading import Block
from footfall.logfiles.sending import Sender

NOW = 1_768_473_000_000
HOUR_MS = 3_600_000
FRESH_SECONDS = 1_800


class Server:
    """``paths`` has each view that counts, of the window and of history; ``now`` is its clock."""

    def __init__(self) -> None:
        self.now = NOW
        self.window: Counter[str] = Counter()
        self.history: Counter[str] = Counter()
        self.asked = 0
        self._sources: dict[str, dict[str, object]] = {}
        transport = httpx.MockTransport(self._answer)
        self.sender = Sender(httpx.Client(transport=transport, base_url="http://server"), "shop")

    @property
    def paths(self) -> Counter[str]:
        return self.window + self.history

    def to(self, source: str) -> object:
        return self._sources[source]["to"]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        source = request.url.path.rpartition("/")[2]
        known = self._sources.get(source, {"to": 0, "marks": {}})
        if request.method == "GET":
            said = {**known, "host": "shop.example", "freshSeconds": FRESH_SECONDS, "now": self.now}
            return httpx.Response(200, json=said)
        lines = [json.loads(line) for line in request.read().split(b"\n")]
        if source == "collect":
            return self._collect(lines)
        if int(request.url.params["from"]) != known["to"]:
            return httpx.Response(409, json={"error": "go on from there"})
        *events, self._sources[source] = lines
        self.history.update(_path(event) for event in events)
        return httpx.Response(201, json={"events": len(events), "dropped": {}})

    def _collect(self, events: list[dict[str, object]]) -> httpx.Response:
        dropped: Counter[str] = Counter()
        for event in events:
            age = self.now - int(str(event["ts"]))
            if age < -5_000:
                dropped["future"] += 1
            elif age > FRESH_SECONDS * 1_000:
                dropped["stale"] += 1
            else:
                self.window[_path(event)] += 1
        said = ", ".join(f"{reason}={count}" for reason, count in dropped.items())
        return httpx.Response(204, headers={"footfall-dropped": said} if said else {})


def _path(event: dict[str, object]) -> str:
    return str(event["u"]).removeprefix("https://shop.example")


@pytest.fixture
def server() -> Server:
    return Server()


def line(path: str, ms: int = NOW - 24 * HOUR_MS) -> str:
    stamp = datetime.fromtimestamp(ms / 1_000, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'203.0.113.7 - - [{stamp}] "GET {path} HTTP/1.1" 200 99 "-" "Firefox"\n'


def followed(path: Path, server: Server) -> FollowedLog:
    return FollowedLog(path, lambda: parser("combined"), server.sender, "")


def grow(path: Path, text: str) -> None:
    with path.open("a") as growing:
        growing.write(text)


def read(log: FollowedLog) -> None:
    def ignore(_: Block) -> None:
        pass

    log.read_new(ignore)


def read_once(path: Path, server: Server) -> FollowedLog:
    with closing(followed(path, server)) as log:
        read(log)
    return log


@pytest.mark.parametrize("seed", range(20))
def test_two_logs_that_begin_alike_both_count(tmp_path: Path, server: Server, seed: int) -> None:
    """As those of two servers behind one balancer do, which asks both whether they are well."""
    dice = random.Random(seed)
    paths = [tmp_path / "one.log", tmp_path / "other.log"]
    logs = [followed(path, server) for path in paths]
    same = dice.choice([1, 1, 2, 5, 40])
    for path in paths:
        path.write_text("".join(line("/health") for _ in range(same)))
    for number in range(30):
        which = dice.randrange(2)
        if dice.random() < 0.7:
            grow(paths[which], line(f"/{which}-{number}") * dice.choice([1, 9]))
        read(logs[which])
        if dice.random() < 0.2:  # the command runs again
            logs[which].close()
            logs[which] = followed(paths[which], server)
    for path, log in zip(paths, logs, strict=True):
        grow(path, line(f"/{path.stem}"))
        read(log)
    expected: Counter[str] = Counter()
    for path in paths:
        expected.update(
            each.split('"GET ')[1].split(" ")[0] for each in path.read_text().splitlines()
        )
    assert server.paths == expected
    for log in logs:
        log.close()


def test_a_copy_of_the_beginning_is_the_same_log(tmp_path: Path, server: Server) -> None:
    lines = [line(f"/{number}") for number in range(100)]
    whole, part = tmp_path / "whole.log", tmp_path / "part.log"
    whole.write_text("".join(lines))
    part.write_text("".join(lines[:40]))
    for path in (whole, part, whole):
        read_once(path, server)
    assert server.paths.total() == 100


@pytest.mark.parametrize("clock", [NOW - HOUR_MS, NOW, NOW + HOUR_MS])
def test_this_machine_s_clock_is_not_asked(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch, clock: int
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: clock * 1_000_000)
    log = tmp_path / "access.log"
    log.write_text(line("/old", NOW - HOUR_MS) + line("/fresh", NOW - 60_000))
    read_once(log, server)
    assert (server.history, server.window) == ({"/old": 1}, {"/fresh": 1})


def test_a_line_that_is_ahead_of_the_server_s_clock_waits_for_it(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    began, passed = time.monotonic(), 0.0
    monkeypatch.setattr(time, "monotonic", lambda: began + passed)
    path = tmp_path / "access.log"
    path.write_text(line("/old") + line("/now", NOW) + line("/ahead", NOW + HOUR_MS) + line("/z"))
    log = followed(path, server)
    read(log)
    assert server.paths == {"/old": 1, "/now": 1}
    assert log.ahead_ms == HOUR_MS - 5_000
    assert (log.lines, server.sender.dropped) == (2, {})
    asked = server.asked
    read(log)
    assert server.asked == asked, "it is not looked at before its time has come"
    server.now += HOUR_MS
    passed += 3_600
    read(log)
    assert server.paths == {"/old": 1, "/now": 1, "/ahead": 1, "/z": 1}
    assert log.ahead_ms == 0
    log.close()


def test_a_date_that_makes_no_sense_stops_nothing(tmp_path: Path, server: Server) -> None:
    path = tmp_path / "access.log"
    path.write_text(line("/never", NOW + 40 * 24 * HOUR_MS) + line("/old"))
    read_once(path, server)
    assert server.paths == {"/old": 1}
    assert server.sender.dropped == {"future": 1}


def test_a_line_that_is_too_long_is_one_bad_line(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK", 100)
    monkeypatch.setattr(reading, "MAX_LINE", 300)
    path = tmp_path / "access.log"
    path.write_text(line("/a") + "x" * 10_000 + "\n" + line("/b") + "y" * 10_000)
    log = followed(path, server)
    read(log)
    assert server.paths == {"/a": 1, "/b": 1}
    assert (log.lines, log.left_out["bad lines"]) == (3, 1)
    assert log.bad == [b"x" * 200]
    assert log.has_unfinished_line
    grow(path, "y" * 10_000 + "\n" + line("/c"))
    read(log)
    assert server.paths == {"/a": 1, "/b": 1, "/c": 1}
    assert log.left_out["bad lines"] == 2
    log.close()
    assert read_once(path, server).lines == 0
