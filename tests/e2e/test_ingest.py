"""``footfall ingest`` against a running server, as its users run it."""

import gzip
import os
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.processes import ADMIN_TOKEN, PATIENCE_S, Api, Footfall, serving, until

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).replace(hour=12, minute=0, second=0)


def line(
    ip: str = "203.0.113.7",
    when: datetime = YESTERDAY,
    path: str = "/",
    status: int = 200,
    agent: str = FIREFOX,
    referrer: str = "-",
) -> str:
    stamp = when.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return f'{ip} - - [{stamp}] "GET {path} HTTP/1.1" {status} 99 "{referrer}" "{agent}"\n'


class Ingesting:
    def __init__(self, server: Footfall, api: Api) -> None:
        self.server = server
        self.api = api
        api.post("/sites", {"id": "shop", "name": "Shop", "domains": ["shop.example"]})
        self.token: str = api.post("/tokens", {"scope": "write", "siteId": "shop"})["secret"]

    def command(self, *arguments: object) -> list[str]:
        called = (sys.executable, "-m", "footfall", "ingest", "--site", "shop")
        return [*called, *map(str, arguments)]

    @property
    def environ(self) -> dict[str, str]:
        return {**os.environ, "FOOTFALL_URL": self.server.url, "FOOTFALL_TOKEN": self.token}

    def run(self, *arguments: object, stdin: bytes = b"", code: int = 0) -> str:
        ended = subprocess.run(
            self.command(*arguments),
            input=stdin,
            env=self.environ,
            capture_output=True,
            timeout=60,
            check=False,
        )
        said = (ended.stdout + ended.stderr).decode()
        assert ended.returncode == code, said
        return said

    @contextmanager
    def following(self, log: Path) -> Iterator[subprocess.Popen[bytes]]:
        command = self.command(log, "--follow")
        with subprocess.Popen(command, env=self.environ, stdout=subprocess.PIPE) as process:
            try:
                yield process
                process.terminate()
                said, _ = process.communicate(timeout=PATIENCE_S)
                assert b" lines: " in said
            finally:
                process.kill()

    def past(self) -> dict[str, Any]:
        """The report of the days before today; nothing while the archive's process starts."""
        first, last = (YESTERDAY - timedelta(days=6)).date(), YESTERDAY.date()
        answer = httpx.get(
            f"{self.server.url}/api/analytics/sites/shop/stats",
            params={"period": "custom", "from": str(first), "to": str(last), "limit": "100"},
            headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
        )
        found: dict[str, Any] = answer.json() if answer.is_success else {"pageViews": -1}
        return found

    def wait_for_history(self, page_views: int) -> dict[str, Any]:
        until(lambda: self.past()["pageViews"] >= page_views)
        found = self.past()
        assert found["pageViews"] == page_views
        return found

    def live(self) -> int:
        return int(self.api.get("/sites/shop/realtime?minutes=30")["pageViews"])


@pytest.fixture
def ingesting(server: Footfall, api: Api) -> Ingesting:
    return Ingesting(server, api)


def test_what_is_old_goes_into_history_and_what_is_fresh_into_the_window(
    ingesting: Ingesting, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    log = tmp_path / "access.log"
    log.write_text(
        line(referrer="https://www.google.com/")
        + line(path="/pricing")
        + line("203.0.113.8", path="/pricing", agent=CHROME)
        + line(path="/app.js")
        + line(path="/gone", status=404)
        + line(agent=GOOGLEBOT)
        + "nonsense\n"
        + line("203.0.113.9", now, "/docs?utm_campaign=spring")
    )
    said = ingesting.run(log)
    assert "8 lines: 3 page views into history, 1 into the window" in said
    assert "1 assets" in said
    assert "1 bot" in said
    assert "1 bad lines" in said
    assert "bad line: nonsense" in said
    found = ingesting.wait_for_history(3)
    assert (found["visitors"], found["visits"]) == (2, 2)
    assert {"source": "Google", "visitors": 1} in found["sources"]
    assert found["pages"][0] == {"path": "/pricing", "visitors": 2, "pageViews": 2}
    live = ingesting.api.get("/sites/shop/realtime")
    assert (live["pageViews"], live["activePages"]) == (1, [{"path": "/docs", "visitors": 1}])
    assert live["campaigns"] == [{"campaign": "spring", "visitors": 1}]


def test_the_same_lines_count_once(ingesting: Ingesting, tmp_path: Path) -> None:
    """Again, grown, renamed, compressed, through a pipe, and after a restart of the server."""
    log = tmp_path / "access.log"
    log.write_text(line() + line(when=datetime.now(UTC)))
    ingesting.run(log)
    ingesting.wait_for_history(1)
    assert "0 lines" in ingesting.run(log)
    with log.open("a") as grown:
        grown.write(line("203.0.113.8", path="/new") + "a line that has no end")
    said = ingesting.run(log)
    assert "1 lines: 1 page views into history" in said
    assert "its last line has no end yet" in said
    ingesting.wait_for_history(2)
    ingesting.server.kill()
    ingesting.server.start()
    packed = tmp_path / "access.log.1.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert "1 lines: 0 page views" in ingesting.run(packed)
    assert "0 lines" in ingesting.run("-", stdin=log.read_bytes())
    assert ingesting.wait_for_history(2)["visitors"] == 2
    assert ingesting.live() == 1


def test_what_was_sent_live_is_known_after_a_restart(ingesting: Ingesting, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(line(when=datetime.now(UTC)))
    assert "1 into the window" in ingesting.run(log)
    ingesting.server.stop()
    ingesting.server.start()
    until(lambda: ingesting.past()["pageViews"] == 0)  # the archive's process is there
    assert "0 lines" in ingesting.run(log)


@pytest.mark.parametrize("age", ["old", "fresh"])
def test_what_strangers_leave_in_a_log_stops_nothing(
    ingesting: Ingesting, tmp_path: Path, age: str
) -> None:
    when = YESTERDAY if age == "old" else datetime.now(UTC)
    hostile = [
        line("unix:", when),
        line("-", when),
        line("host.example", when),
        line("::ffff:203.0.113.1", when, "/mapped"),
        line(path="/" + "x" * 9_000, when=when),
        line(path="/" + "x" * 3_000, when=when),
        line(path="//evil.example/a", when=when),
        line(path="http://user:pass@evil.example:99999/", when=when),
        line(path="/%00%zz/\\x00\\xff\x01", when=when),
        line(agent="A" * 9_000, when=when, path="/agent"),
        line(agent=r"NUL \x00 and \xff", when=when, path="/nul"),
        line(referrer="https://" + "x" * 9_000, when=when, path="/referrer"),
        line(referrer="http://[::1", when=when, path="/odd-referrer"),
        line(when=datetime(1, 1, 1, tzinfo=UTC)),
        line(when=datetime(9999, 1, 1, tzinfo=UTC)),
        "\x00" * 100 + "\n",
        line(path="/good", when=when),
    ]
    log = tmp_path / "access.log"
    log.write_text("".join(hostile))
    said = ingesting.run(log)
    assert f"{len(hostile)} lines" in said
    assert "bad lines" in said
    distinct = {"/good", "/nul", "/agent", "/mapped"}
    if age == "old":
        until(lambda: ingesting.past()["pageViews"] > 0)
        assert distinct | {"/referrer", "/odd-referrer"} <= {
            row["path"] for row in ingesting.past()["pages"]
        }
    else:  # each visitor on their last page
        live = ingesting.api.get("/sites/shop/realtime?limit=100&minutes=30")
        assert distinct <= {row["path"] for row in live["activePages"]}


def test_a_pipe_is_read_to_its_end(ingesting: Ingesting) -> None:
    assert "2 page views" in ingesting.run("-", stdin=(line() + line(path="/b")).encode())
    ingesting.wait_for_history(2)


def test_a_log_is_followed_across_rotation_truncation_and_restarts(
    ingesting: Ingesting, tmp_path: Path
) -> None:
    log = tmp_path / "access.log"
    log.write_text(line())

    def comes(number: int, path: Path = log) -> None:
        with path.open("a") as growing:
            growing.write(line(f"203.0.113.{number}", datetime.now(UTC), f"/{number}"))

    with ingesting.following(log) as process:
        ingesting.wait_for_history(1)
        comes(1)
        until(lambda: ingesting.live() == 1)
        log.rename(tmp_path / "access.log.1")
        comes(2, tmp_path / "access.log.1")
        comes(3)
        until(lambda: ingesting.live() == 3)
        log.write_text("")
        comes(4)
        until(lambda: ingesting.live() == 4)
        ingesting.server.kill()
        comes(5)
        ingesting.server.start()
        until(lambda: ingesting.live() == 5)
        assert process.poll() is None
    comes(6)
    with ingesting.following(log):
        until(lambda: ingesting.live() == 6)
    assert ingesting.wait_for_history(1)["visitors"] == 1


def test_mistakes_are_told(ingesting: Ingesting, tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_text(line())
    assert "there is no file" in ingesting.run(tmp_path / "none.log", code=2)
    assert "there is no format 'apache'" in ingesting.run(log, "--format", "apache", code=2)
    assert "unknown or was revoked" in ingesting.run(log, "--token", "ff_no", code=2)
    assert "there is no site" in ingesting.run(log, "--site", "other", code=2)
    assert "nothing answers" in ingesting.run(log, "--url", "http://127.0.0.1:1", code=1)
    empty = tmp_path / "empty.log"
    empty.write_text("")
    assert "0 lines" in ingesting.run(empty)


def test_a_body_without_an_end_and_one_with_a_mistake_change_nothing(
    ingesting: Ingesting,
) -> None:
    address = f"{ingesting.server.url}/api/analytics/sites/shop/imports/mine"
    headers = {"Authorization": f"Bearer {ingesting.token}"}
    event = f'{{"s":"shop","e":"pageview","u":"https://shop.example/","ts":{_ms(YESTERDAY)},'
    event += f'"ip":"203.0.113.7","ua":"{FIREFOX}"}}\n'

    def send(body: str, begin: int = 0) -> httpx.Response:
        return httpx.post(f"{address}?from={begin}", content=body, headers=headers, timeout=60)

    hung_up = send(event * 3)
    assert (hung_up.status_code, "not everything arrived" in hung_up.text) == (400, True)
    wrong = send(event + '{"s":"shop","e":"pageview","u":"nowhere","ts":1}\n{"to":9}')
    assert (wrong.status_code, "line 2: u is not valid" in wrong.text) == (400, True)
    assert send(event + '{"to":"x"}').status_code == 400
    assert httpx.get(address, headers=headers).json()["to"] == 0
    assert send(event + '{"to":5}').json() == {"events": 1, "dropped": {}}
    assert send(event + '{"to":5}').status_code == 409
    assert send('{"to":7}', 5).json() == {"events": 0, "dropped": {}}
    assert httpx.get(address, headers=headers).json()["to"] == 7
    ingesting.wait_for_history(1)


def test_a_client_that_hangs_up_leaves_nothing(ingesting: Ingesting, tmp_path: Path) -> None:
    """However much it sent: killed in the middle of a long log, which then counts once."""
    log = tmp_path / "access.log"
    pages = 60_000
    with log.open("w") as file:
        for number in range(pages):
            file.write(line(f"10.{number % 200}.{number % 99}.1", path=f"/{number % 50}"))
    for seconds in (0.8, 1.1, 1.4):
        process = subprocess.Popen(ingesting.command(log), env=ingesting.environ)
        threading.Event().wait(seconds)  # a random moment within the work
        process.kill()
        process.wait()
    until(lambda: "page views" in ingesting.run(log))
    assert ingesting.wait_for_history(pages)["pages"][0]["pageViews"] == pages // 50


def test_a_server_without_history_takes_what_is_fresh(tmp_path: Path) -> None:
    with serving(tmp_path, "--no-history") as server:
        ingesting = Ingesting(server, Api(server, ADMIN_TOKEN))
        log = tmp_path / "access.log"
        log.write_text(line() + line(when=datetime.now(UTC)))
        said = ingesting.run(log)
        assert "0 page views into history, 1 into the window" in said
        assert "1 stale" in said
        assert ingesting.live() == 1


def test_counts_are_those_of_goaccess(ingesting: Ingesting, tmp_path: Path) -> None:
    """Hits, visitors and hits of each page, of a random log without bots, where files that are no
    pages and errors are left out on both sides. Nobody is there in the half hour after midnight:
    who stays over midnight is one visitor here, and two there."""
    dice = random.Random(7)
    log, report = tmp_path / "access.log", tmp_path / "report.json"
    with log.open("w") as file:
        when = YESTERDAY - timedelta(hours=30)
        for _ in range(20_000):
            when += timedelta(seconds=dice.random() * 8)
            if when.hour == 0 and when.minute <= 30:
                when = when.replace(minute=31)
            file.write(
                line(
                    f"198.51.{dice.randrange(100)}.{dice.randrange(9)}",
                    when,
                    dice.choice(["/", "/docs", "/blog/a", "/app.js", "/p.webp", f"/{when.hour}"]),
                    dice.choice([200, 200, 200, 404, 500]),
                    dice.choice([FIREFOX, CHROME]),
                )
            )
    ingesting.run(log)
    kept = tmp_path / "kept.log"
    lines = log.read_text().splitlines(keepends=True)
    pages = [each for each in lines if '.1" 200' in each and not re.search(r"\.(js|webp) ", each)]
    kept.write_text("".join(pages))
    command = ["goaccess", str(kept), "--log-format=COMBINED", "--no-progress", "-o", str(report)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    theirs = httpx.Response(200, content=report.read_bytes()).json()
    found = ingesting.wait_for_history(theirs["general"]["valid_requests"])
    assert found["visitors"] == theirs["general"]["unique_visitors"]
    views = {row["path"]: row["pageViews"] for row in found["pages"]}
    assert (
        views.items()
        <= {row["data"]: row["hits"]["count"] for row in theirs["requests"]["data"]}.items()
    )
    # Of a page's visitors it loses one now and then, so these are counted here.
    words = [(each.split(" "), each[-30:]) for each in pages]
    seen = {(parts[6], parts[0], parts[3][:12], agent) for parts, agent in words}
    for row in found["pages"]:
        assert row["visitors"] == sum(path == row["path"] for path, *_ in seen)


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1_000)
