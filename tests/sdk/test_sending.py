"""What the SDK sends and counts, without a framework."""

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from footfall_sdk import Footfall, Visit
from footfall_sdk.answers import Again, Delivered, Halve, Refused, understand
from footfall_sdk.asgi import FootfallMiddleware
from footfall_sdk.outbox import Outbox
from footfall_sdk.visit import current, forwarded_ip
from tests.e2e.processes import Api
from tests.sdk.gate import Gate, Mood
from tests.sdk.posts import Post, Reply, posts

ANN = Visit("203.0.113.7", "Mozilla/5.0 Firefox/140.0", "https://shop.example/pricing")
Answer = Callable[[list[dict[str, Any]]], tuple[int, dict[str, Any]]]


@contextmanager
def answering(answer: Answer) -> Iterator[tuple[str, list[list[dict[str, Any]]]]]:
    """A server that answers each batch so. Gives its address, and the batches it got."""
    batches: list[list[dict[str, Any]]] = []

    def replied(post: Post) -> Reply:
        batches.append(json.loads(post.body))
        status, document = answer(batches[-1])
        return Reply(status, json.dumps(document).encode() if document else b"")

    with posts(replied) as url:
        yield url, batches


def names(batch: list[dict[str, Any]]) -> list[str]:
    return [event["p"]["name"] for event in batch]


def test_the_same_events_are_sent_again_with_the_same_ids() -> None:
    statuses = iter((503, 429, 204))
    with answering(lambda _: (next(statuses), {})) as (url, batches):
        footfall = Footfall(url, "shop", "secret")
        for number in range(3):
            footfall.track(f"e{number}", visit=ANN)
        assert footfall.flush(20)
    assert batches[0] == batches[1] == batches[2]
    assert len({event["id"] for event in batches[0]}) == 3
    assert footfall.counters.delivered == 3


def test_an_event_that_is_refused_does_not_hold_up_the_others() -> None:
    def answer(batch: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        bad = [number for number, name in enumerate(names(batch)) if name == "bad"]
        return (400, {"error": "it is bad", "field": f"[{bad[0]}].p"}) if bad else (204, {})

    with answering(answer) as (url, batches):
        footfall = Footfall(url, "shop", "secret")
        for name in ("a", "bad", "b", "bad", "c"):
            footfall.track(name, visit=ANN)
        assert footfall.flush(20)
    assert names(batches[-1]) == ["a", "b", "c"]
    assert (footfall.counters.delivered, footfall.counters.refused) == (3, 2)


def test_a_batch_that_is_too_large_is_halved() -> None:
    def answer(batch: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        return (413 if len(batch) > 2 or "huge" in names(batch) else 204), {}

    with answering(answer) as (url, _):
        footfall = Footfall(url, "shop", "secret")
        for name in ("a", "b", "huge", "c", "d", "e"):
            footfall.track(name, visit=ANN)
        assert footfall.flush(20)
    assert (footfall.counters.delivered, footfall.counters.refused) == (5, 1)


@pytest.mark.parametrize(
    ("name", "properties"),
    [
        ("", {}),
        ("x" * 129, {}),
        ("signup", {"plan": ["pro"]}),
        ("signup", {"plan": float("nan")}),
        ("signup", {"x" * 65: 1}),
        ("signup", {f"p{number}": 1 for number in range(64)}),
        ("signup", {f"p{number}": 1 for number in range(62)} | {"value": 1, "p62": 1}),
        ("signup", {"seats": 1 << 63}),
        ("signup", {"seats": -(1 << 63) - 1}),
        ("signup", {"plan": "\ud800"}),
        ("signup", {"\ud800": "pro"}),
        ("signup", {"plan": "pro\0"}),
        ("\ud800 half", {}),
        (7, {}),
    ],
)
def test_nonsense_is_counted_and_never_raised(name: Any, properties: dict[str, Any]) -> None:
    footfall = Footfall("http://127.0.0.1:1", "shop", "secret")
    footfall.track(name, visit=ANN, **properties)
    footfall.track("signup", **properties)  # nobody asked
    footfall.page_view(ANN._replace(url="x" * 9_000))
    assert (footfall.counters.invalid, footfall.waiting) == (3, 0)


def test_whoever_asks_not_to_be_tracked_is_not_and_a_test_sends_nothing() -> None:
    footfall = Footfall("http://127.0.0.1:1", "shop", "secret")
    footfall.page_view(ANN._replace(opted_out=True))
    off = Footfall("http://127.0.0.1:1", "shop", "secret", enabled=False)
    off.page_view(ANN)
    off.track("signup")
    assert (footfall.waiting, off.waiting, off.counters.invalid) == (0, 0, 0)


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(ValueError, match="https://stats"):
        Footfall("stats.example.com", "shop", "secret")


def test_what_the_server_leaves_out_is_told_by_reason(upstream: Gate, token: str, api: Api) -> None:
    footfall = Footfall(upstream.url, "shop", token)
    footfall.page_view(ANN._replace(user_agent="Googlebot/2.1 (+http://www.google.com/bot.html)"))
    footfall.page_view(ANN)
    assert footfall.flush(20)
    assert footfall.counters.dropped == {"bot": 1}
    assert api.get("/sites/shop/realtime")["pageViews"] == 1


def test_everything_that_an_event_may_hold_is_taken(upstream: Gate, token: str, api: Api) -> None:
    """By the real server, at the very limits."""
    footfall = Footfall(upstream.url, "shop", token)
    most: dict[str, Any] = {f"p{number}": "x" * 2048 for number in range(62)} | {"k" * 64: None}
    footfall.track("x" * 128, value=1.5, visit=ANN)
    footfall.track("most", visit=ANN._replace(user_agent="ü" * 5_000, referrer="x" * 9_000), **most)
    footfall.track("odd", visit=ANN._replace(user_agent="Firefox\0\ud800", referrer="\ud800"))
    footfall.track("numbers", visit=ANN, most=(1 << 63) - 1, least=-(1 << 63), large=1e308)
    footfall.page_view(ANN._replace(url="https://shop.example/" + "x" * 2_047))
    assert footfall.flush(20)
    assert (footfall.counters.delivered, footfall.counters.refused) == (5, 0)


@pytest.mark.parametrize(
    "visit",
    [
        ANN._replace(ip="nobody"),
        ANN._replace(url="https://shop example/"),
        ANN._replace(url="https://[::1/"),
        ANN._replace(url="https://shop.example:99999/"),
        ANN._replace(url="https:///pricing"),
        ANN._replace(url="https://shop.example/" + "x" * 2_048),
        ANN._replace(url="https://shop.example/\ud800"),
        ANN._replace(url="ftp://shop.example/"),
    ],
)
def test_what_a_stranger_writes_into_a_request_costs_no_other_event(
    visit: Visit, upstream: Gate, token: str
) -> None:
    """Neither this side takes it nor the server."""
    footfall = Footfall(upstream.url, "shop", token)
    footfall.page_view(visit)
    assert (footfall.counters.invalid, footfall.waiting) == (1, 0)
    event = {"s": "shop", "e": "pageview", "u": visit.url, "ip": visit.ip}
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    reply = upstream.pass_on(Post("/collect", headers, json.dumps(event).encode()))
    assert reply is not None
    assert reply.status == 400


def test_one_bad_event_is_all_that_is_lost_where_the_answer_names_none() -> None:
    def answer(batch: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        return (400, {"error": "one is bad"}) if "bad" in names(batch) else (204, {})

    with answering(answer) as (url, batches):
        footfall = Footfall(url, "shop", "secret")
        for number in range(200):
            footfall.track("bad" if number == 0 else "good", visit=ANN)
        assert footfall.flush(20)
    assert (footfall.counters.delivered, footfall.counters.refused) == (199, 1)
    assert len(batches) < 30


def test_what_waits_is_bounded_in_bytes() -> None:
    footfall = Footfall("http://127.0.0.1:1", "shop", "secret", queue_bytes=100_000)
    view = ANN._replace(url="https://shop.example/" + "x" * 2_000, referrer="y" * 8_000)
    for _ in range(100):
        footfall.page_view(view)
    assert footfall.waiting == 9
    assert footfall.counters.overflowed == 91


def test_an_idle_connection_that_the_server_closed_is_replaced_without_a_word(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server closes after each answer, and does not say that it will."""
    connections: list[socket.socket] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            for _ in range(3):
                connection, _ = listener.accept()
                connections.append(connection)
                with connection:
                    connection.recv(1 << 20)
                    connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                closed.release()

        closed = threading.Semaphore(0)
        thread = threading.Thread(target=serve)
        thread.start()
        footfall = Footfall(f"http://127.0.0.1:{listener.getsockname()[1]}", "shop", "secret")
        for _ in range(3):
            footfall.page_view(ANN)
            assert footfall.flush(20)
            closed.acquire()
        thread.join()
    assert footfall.counters.delivered == 3
    assert len(connections) == 3
    assert caplog.records == []


def test_the_end_of_the_process_delivers_what_waits(upstream: Gate, token: str, api: Api) -> None:
    assert told_at_the_end(upstream.url, token) == ""
    assert api.get("/sites/shop/realtime")["pageViews"] == 100


def test_the_end_is_not_held_by_a_server_that_is_away(upstream: Gate, token: str) -> None:
    upstream.become(Mood.DOWN)
    assert "100 events were not delivered" in told_at_the_end(upstream.url, token)


def told_at_the_end(url: str, token: str) -> str:
    script = (
        "from footfall_sdk import Footfall, Visit\n"
        f"footfall = Footfall('{url}', 'shop', '{token}', exit_seconds=1)\n"
        "for number in range(100):\n"
        "    visit = Visit(f'203.0.113.{number}', 'Firefox/140.0', 'https://shop.example/')\n"
        "    footfall.page_view(visit)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    return ended.stderr


def test_a_forked_worker_sends_its_own_and_no_more(upstream: Gate, token: str, api: Api) -> None:
    """As gunicorn does with ``--preload``: the parent's events stay the parent's."""
    script = (
        "import os\n"
        "from footfall_sdk import Footfall, Visit\n"
        f"footfall = Footfall('{upstream.url}', 'shop', '{token}')\n"
        "visit = Visit('203.0.113.1', 'Firefox/140.0', 'https://shop.example/')\n"
        "footfall.page_view(visit)\n"
        "child = os.fork()\n"
        "footfall.page_view(visit)\n"
        "if child: os.waitpid(child, 0)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=30, env=os.environ)
    assert api.get("/sites/shop/realtime")["pageViews"] == 3


@pytest.mark.parametrize(
    ("status", "headers", "body", "expected"),
    [
        (204, {}, b"", Delivered({})),
        (204, {"footfall-dropped": "bot=3, stale=1"}, b"", Delivered({"bot": 3, "stale": 1})),
        (400, {}, b'{"error": "no", "field": "[2].u"}', Refused(slice(2, 3), "no")),
        (400, {}, b'{"error": "no", "field": "[9].u"}', Halve()),
        (400, {}, b'["?"]', Halve()),
        (413, {}, b"", Halve()),
    ],
)
def test_answers(status: int, headers: dict[str, str], body: bytes, expected: object) -> None:
    assert understand(status, headers, body, size=5, attempt=0) == expected


@pytest.mark.parametrize("status", [301, 401, 403, 404, 429, 500, 503])
def test_whatever_may_be_mended_is_tried_again_ever_more_slowly(status: int) -> None:
    early = understand(status, {}, b"{}", size=5, attempt=0)
    late = understand(status, {}, b"", size=5, attempt=400)
    told = understand(status, {"retry-after": "7"}, b"<html>", size=5, attempt=0)
    endless = understand(status, {"retry-after": "99999"}, b"", size=5, attempt=0)
    assert isinstance(early, Again)
    assert isinstance(late, Again)
    assert isinstance(told, Again)
    assert isinstance(endless, Again)
    assert 0 < early.seconds < 1 < 30 <= late.seconds <= 60
    assert (told.seconds, endless.seconds) == (7, 60)


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "proxies", "expected"),
    [
        ("10.0.0.1", "1.1.1.1", 0, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1", 1, "1.1.1.1"),
        ("10.0.0.1", "6.6.6.6, 1.1.1.1, 10.0.0.2", 2, "1.1.1.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_the_own_proxies_saw(
    peer: str, forwarded_for: str, proxies: int, expected: str
) -> None:
    assert forwarded_ip(peer, forwarded_for, proxies) == expected


async def test_a_header_that_comes_twice_is_one_list() -> None:
    footfall = Footfall("http://127.0.0.1:1", "shop", "secret", proxies=2)
    seen: list[Visit | None] = []

    async def app(*_: Any) -> Any:
        seen.append(current.get())

    headers = [(b"x-forwarded-for", b"1.1.1.1"), (b"x-forwarded-for", b"10.0.0.2")]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": headers}
    await FootfallMiddleware(app, footfall)(scope, app, app)
    [visit] = seen
    assert visit is not None
    assert visit.ip == "1.1.1.1"
    assert current.get() is None


@pytest.mark.parametrize("body", [b'{"error": "no"}', b'{"error": "no", "field": "[9].u"}', b"?"])
def test_an_event_that_is_sent_alone_is_the_one_that_is_refused(body: bytes) -> None:
    assert isinstance(understand(400, {}, body, size=1, attempt=0), Refused)


@given(st.lists(st.sampled_from(["put", "deliver", "refuse", "give back"]), max_size=60))
def test_every_event_ends_in_one_counter(steps: list[str]) -> None:
    outbox, put, batch = Outbox(capacity=5, capacity_bytes=4), 0, list[bytes]()
    for step in steps:
        if step == "put":
            outbox.put(b"%d" % put)
            put += 1
            continue
        batch = outbox.take(2)
        if step == "deliver":
            outbox.delivered(batch, {})
        elif step == "refuse":
            outbox.refused(batch)
        else:
            outbox.give_back(batch)
            assert outbox.take(2) == batch
            outbox.give_back(batch)
    outbox.abandon()
    found = outbox.counters
    assert put == found.delivered + found.refused + found.overflowed + found.abandoned
    assert len(outbox) == 0
