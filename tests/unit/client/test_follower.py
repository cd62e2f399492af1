"""Applying messages to a document, without a server."""

from typing import Any

import msgspec
import pytest

from footfall.client import ClientConfig, Unreachable
from footfall.client.follower import LONGEST_WAIT, Follower
from footfall.client.refusals import closure
from footfall.errors import NotFound

AS_OF = "2026-01-15T10:30:12Z"
LISTS = (
    "activePages recentEvents locations sources campaigns devices browsers operatingSystems "
    "regions cities events goals perMinute"
)


def message(kind: str, version: int = 1, **fields: Any) -> bytes:
    position = {"epoch": "e", "version": version}
    return msgspec.json.encode({"type": kind, "position": position, "asOf": AS_OF, **fields})


def snapshot(**fields: Any) -> bytes:
    totals = {"currentVisitors": 2, "presentVisitors": 1, "pageViews": 3}
    lists: dict[str, Any] = {name: [] for name in LISTS.split()}
    given = {"siteId": "shop", "windowSeconds": 300, **totals, **lists, **fields}
    return message("snapshot", **given)


def page_view(row_id: str, timestamp: str = AS_OF) -> dict[str, str]:
    return {"type": "pageview", "id": row_id, "path": "/", "timestamp": timestamp}


@pytest.fixture
def follower() -> Follower:
    return Follower(ClientConfig(base_url="https://stats.example", site_id="shop", limit=3))


def ids(follower: Follower, text: bytes) -> list[str]:
    return [row.id for row in follower.apply(text).recent_events]


def test_an_update_replaces_its_sections_and_keeps_the_rest(follower: Follower) -> None:
    before = follower.apply(snapshot())
    pages = [{"path": "/docs", "visitors": 3}]
    after = follower.apply(message("update", 2, currentVisitors=3, activePages=pages))
    assert (after.current_visitors, after.present_visitors) == (3, 1)
    assert [row.path for row in after.active_pages] == ["/docs"]
    assert before.active_pages == []
    assert follower.url.endswith("/ws?limit=3&position=e%3A2")


def test_new_events_come_first_once_and_the_feed_is_limited(follower: Follower) -> None:
    follower.apply(snapshot(recentEvents=[page_view("b"), page_view("a")]))
    fresh = [page_view("c"), page_view("b")]
    assert ids(follower, message("update", recentEvents=fresh)) == ["c", "b", "a"]
    assert ids(follower, message("update", recentEvents=[page_view("d")])) == ["d", "c", "b"]
    reset = message("update", recentEvents=[page_view("a")], feedReset=True)
    assert ids(follower, reset) == ["a"]


def test_an_event_leaves_the_feed_when_it_is_older_than_the_window(follower: Follower) -> None:
    rows = [page_view("new", "2026-01-15T10:25:14Z"), page_view("old", "2026-01-15T10:25:13Z")]
    assert ids(follower, snapshot(recentEvents=rows)) == ["new", "old"]
    assert ids(follower, message("tick", asOf="2026-01-15T10:30:13Z")) == ["new"]


def test_minutes_are_merged_and_their_number_stays(follower: Follower) -> None:
    minutes = [
        {"minute": f"2026-01-15T10:{minute}", "pageViews": 1, "visitors": 1}
        for minute in (29, 30, 31)
    ]
    follower.apply(snapshot(perMinute=minutes[:2]))
    changed = [{**minutes[1], "pageViews": 5}, minutes[2]]
    document = follower.apply(message("update", perMinute=changed))
    assert msgspec.to_builtins(document.per_minute) == changed


@pytest.mark.parametrize("text", ["not JSON", message("update", currentVisitors=1)])
def test_an_unusable_message_leads_to_a_new_snapshot(follower: Follower, text: str | bytes) -> None:
    with pytest.raises(Unreachable):
        follower.apply(text)
    assert "position" not in follower.url


def test_retry_delays_grow_up_to_a_limit_and_start_over(follower: Follower) -> None:
    waits = [follower.connection_lost(closure(1012, "")) for _ in range(30)]
    assert waits[0] <= 0.5
    assert LONGEST_WAIT / 2 <= waits[-1] <= LONGEST_WAIT
    follower.apply(snapshot())
    assert follower.connection_lost(closure(None, "")) <= 0.5


def test_a_refusal_is_raised_and_not_retried(follower: Follower) -> None:
    with pytest.raises(NotFound, match="no such site"):
        follower.connection_lost(closure(4404, "no such site"))
