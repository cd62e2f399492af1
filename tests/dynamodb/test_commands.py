"""The command layer, with its commands run by boto3 on the emulator."""

import subprocess
import sys
from decimal import Decimal
from random import Random
from typing import Any

import boto3
import pytest

from footfall.dynamodb import AnalyticsStore, MinuteStats, process_realtime_data, run
from footfall.dynamodb.attributes import named_size
from footfall.dynamodb.stats import MAX_ITEM_BYTES, unpack_events
from footfall.engines.dynamodb.items import Item, Lifetimes, to_item
from footfall.errors import InvalidInput, StoreUnavailable, TooLarge
from footfall.model import Event
from footfall.times import utc_minute
from tests.events import event
from tests.histories import MIDNIGHT, Shape, history
from tests.oracle import expected

NOW = 1_768_473_012
"""2026-01-15T10:30:12Z"""
MINUTE = "2026-01-15T10:30"
LINK_KEYS = {MIDNIGHT // 86_400 - 1 + day: bytes([day] * 32) for day in range(3)}


@pytest.fixture
def store(table: str) -> AnalyticsStore:
    return AnalyticsStore(table, now=lambda: NOW)


def read(client: Any, store: AnalyticsStore, minutes: int = 5, now: int = NOW) -> dict[str, Any]:
    items = run(client, store.get_realtime_stats_command("shop", minutes, now))
    return process_realtime_data(items, minutes, now=now)


def test_updates_of_several_writers_add_up(client: Any, store: AnalyticsStore) -> None:
    other = AnalyticsStore(store.table_name, now=lambda: NOW)
    seen = {"ann": (NOW - 1, "/", "DE"), "bob": (NOW, "/docs", None)}
    run(client, store.update_realtime_stats_command("shop", MINUTE, 3, {"/": 2, "/docs": 1}, seen))
    run(client, other.update_realtime_stats_command("shop", MINUTE, 1, {"/": 1}, seen))

    document = read(client, store)
    assert document["siteId"] == "shop"
    assert document["pageViews"] == 4
    assert document["currentVisitors"] == 2
    assert document["activePages"] == [
        {"path": "/", "visitors": 1},
        {"path": "/docs", "visitors": 1},
    ]
    assert document["locations"] == [
        {"country": "(unknown)", "visitors": 1},
        {"country": "DE", "visitors": 1},
    ]
    assert document["perMinute"][-1] == {"minute": MINUTE, "pageViews": 4, "visitors": 2}


def test_a_command_sent_twice_changes_nothing(client: Any, store: AnalyticsStore) -> None:
    command = store.update_realtime_stats_command(
        "shop", MINUTE, 3, {"/": 3}, {"ann": (NOW, "/", "DE")}
    )
    run(client, command)
    once = read(client, store)
    run(client, command)
    assert read(client, store) == once
    assert once["pageViews"] == 3


def test_boto3_accepts_a_command_unchanged(client: Any, store: AnalyticsStore) -> None:
    update = store.update_realtime_stats_command("shop", MINUTE, 1, {"/": 1}, {})
    getattr(client, update["command"])(**update["input"])
    query = store.get_realtime_stats_command("shop", 5)
    items = getattr(client, query["command"])(**query["input"])["Items"]
    assert [item["pageViews"] for item in items] == [{"N": "1"}]


def test_visitors_leave_the_window_at_the_exact_second(client: Any, store: AnalyticsStore) -> None:
    seen = {"ann": (NOW - 300, "/", "DE"), "bob": (NOW - 299, "/", "DE")}
    minute = utc_minute((NOW - 300) // 60)
    run(client, store.update_realtime_stats_command("shop", minute, 1, {"/": 1}, seen))
    assert read(client, store)["currentVisitors"] == 1
    assert read(client, store, now=NOW + 1)["currentVisitors"] == 0


def test_a_visitor_is_on_the_page_where_they_were_last_seen(
    client: Any, store: AnalyticsStore
) -> None:
    late = store.update_realtime_stats_command("shop", MINUTE, 0, {}, {"ann": (NOW, "/b", "DE")})
    early = store.update_realtime_stats_command(
        "shop", MINUTE, 0, {}, {"ann": (NOW - 9, "/a", "DE")}
    )
    run(client, late)
    run(client, early)
    assert read(client, store)["activePages"] == [{"path": "/b", "visitors": 1}]


def test_expired_items_do_not_count_even_before_dynamodb_deletes_them(
    client: Any, store: AnalyticsStore
) -> None:
    seen = {"ann": (NOW, "/", "DE")}
    run(client, store.update_realtime_stats_command("shop", MINUTE, 1, {"/": 1}, seen, NOW + 5))
    assert read(client, store, now=NOW + 4)["currentVisitors"] == 1
    assert read(client, store, now=NOW + 5)["currentVisitors"] == 0
    assert client.scan(TableName=store.table_name)["Count"] == 1


def test_an_item_expires_after_ten_minutes_by_default(store: AnalyticsStore) -> None:
    command = store.update_realtime_stats_command("shop", MINUTE, 1, {}, {})
    assert command["input"]["Item"]["ttl"] == {"N": str(NOW + 600)}


def test_large_updates_are_split_below_the_limit(client: Any, store: AnalyticsStore) -> None:
    visitors = {f"visitor-{n}": (NOW, f"/{'x' * 90}/{n}", "DE") for n in range(2_500)}
    pages = {path: 1 for _, path, _ in visitors.values()}
    command = store.update_realtime_stats_command("shop", MINUTE, 2_500, pages, visitors)
    requests = command["input"]["RequestItems"][store.table_name]
    sizes = [
        sum(named_size(*pair) for pair in each["PutRequest"]["Item"].items()) for each in requests
    ]
    assert len(sizes) > 1
    assert max(sizes) < MAX_ITEM_BYTES + 1_000
    run(client, command)
    document = read(client, store)
    assert (document["currentVisitors"], document["pageViews"]) == (2_500, 2_500)


def test_an_update_too_large_for_one_command_is_refused(store: AnalyticsStore) -> None:
    visitors = {f"visitor-{n}": (NOW, f"/{'x' * 900}/{n}", "DE") for n in range(12_000)}
    with pytest.raises(TooLarge, match="write more often"):
        store.update_realtime_stats_command("shop", MINUTE, 1, {}, visitors)


def test_a_malformed_minute_is_refused(store: AnalyticsStore) -> None:
    with pytest.raises(InvalidInput, match="2026-01-15T10:30"):
        store.update_realtime_stats_command("shop", "10:30", 1, {}, {})


def test_unprocessed_items_are_sent_again_until_all_are_stored() -> None:
    sent: list[int] = []

    class Throttled:
        def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
            requests = RequestItems["t"]
            sent.append(len(requests))
            return {"UnprocessedItems": {"t": requests[1:]} if requests[1:] else {}}

    visitors = {f"visitor-{n}": (NOW, f"/{'x' * 900}/{n}", "DE") for n in range(900)}
    command = AnalyticsStore("t").update_realtime_stats_command("shop", MINUTE, 1, {}, visitors)
    pauses: list[float] = []
    run(Throttled(), command, pauses.append)
    assert sent == [3, 2, 1]
    assert pauses == [0.05, 0.1]


def test_a_table_that_stays_throttled_is_reported() -> None:
    class Stuck:
        def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:  # noqa: N803
            return {"UnprocessedItems": RequestItems}

    visitors = {f"visitor-{n}": (NOW, f"/{'x' * 900}/{n}", "DE") for n in range(900)}
    command = AnalyticsStore("t").update_realtime_stats_command("shop", MINUTE, 1, {}, visitors)
    with pytest.raises(StoreUnavailable, match="throttled"):
        run(Stuck(), command, lambda _: None)


def item_of(event: Event) -> Item:
    lifetimes = Lifetimes(events=3600, signals=3600)
    return to_item(event, shards=4, at=0, lifetimes=lifetimes, link_keys=LINK_KEYS)


def put_history(client: Any, store: AnalyticsStore, events: list[Event]) -> None:
    """Write the events by ten writers, each with a share of every minute."""
    shares: dict[tuple[str, str], MinuteStats] = {}
    for number, each in enumerate(events):
        minute = utc_minute(each.time // 60_000)
        shares.setdefault((minute, str(number % 10)), MinuteStats()).add(item_of(each))
    for (minute, writer), stats in shares.items():
        ttl = MIDNIGHT + 100_000
        run(client, store.put_stats_command("a", minute, stats, ttl, writer))


@pytest.mark.parametrize("minutes", [1, 5, 30])
def test_items_with_events_match_the_oracle(
    client: Any, store: AnalyticsStore, minutes: int
) -> None:
    events = history(Random(minutes), Shape(events=300))
    put_history(client, store, [each for each in events if each.site == "a"])
    now = MIDNIGHT - 900 + 3000
    items = run(client, store.get_realtime_stats_command("a", 40, now))
    document = process_realtime_data(items, minutes, now=now, link_keys=LINK_KEYS)
    assert document == expected(events, site="a", now=now, minutes=minutes)


def test_items_omit_event_fields_that_no_window_needs() -> None:
    stats = MinuteStats()
    sent = event(1, referrer="https://elsewhere.example/", props={"plan": "pro"})
    stats.add(item_of(sent))
    blob = AnalyticsStore("t").put_stats_command("a", MINUTE, stats)["input"]["Item"]["events"]
    [kept] = unpack_events(blob["B"], {})
    assert (kept.referrer, kept.props, kept.host) == (None, None, "")


def test_it_imports_without_any_extra() -> None:
    script = (
        "import sys\n"
        "for name in ('aiobotocore', 'boto3', 'botocore'): sys.modules[name] = None\n"
        "from footfall.dynamodb import AnalyticsStore, RealtimeBuffer, process_realtime_data, run\n"
        "print(AnalyticsStore('t').get_realtime_stats_command('my-site', 5)['command'])\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("query\n", "")


def test_items_of_the_resource_interface_count_alike(client: Any, store: AnalyticsStore) -> None:
    seen = {"ann": (NOW - 1, "/", "DE"), "bob": (NOW, "/docs", None)}
    run(client, store.update_realtime_stats_command("shop", MINUTE, 3, {"/": 3}, seen))
    stats = MinuteStats()
    stats.add(item_of(event(1, site="shop", time=NOW * 1000)))
    run(client, store.put_stats_command("shop", MINUTE, stats))
    table = boto3.resource("dynamodb", endpoint_url=client.meta.endpoint_url).Table(
        store.table_name
    )
    items = table.scan()["Items"]
    assert {type(item["pageViews"]) for item in items} == {Decimal}
    document = process_realtime_data(items, now=NOW)
    assert document["pageViews"] == 4
    assert document == read(client, store)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"current_visitors": 3}, "give `visitors`, a map of id → .*distinct"),
        ({"currentVisitors": 3}, "give `visitors`"),
        ({"visitors": 3}, "give `visitors`"),
        ({"pageViews": 3}, "write page_views"),
        ({"active_pages": ["/"]}, "Expected `object`, got `array`"),
        ({"page_views": "3"}, "Expected `int`, got `str`"),
        ({"visitors": {"ann": (NOW,)}}, "length"),
        ({"ttl": 600}, "has passed.* the second since the epoch"),
        ({"ttl": NOW * 1000}, "milliseconds"),
        ({"minute": "10:30"}, "is not a minute"),
        ({"site_id": {"siteId": "shop"}}, "keyword arguments"),
    ],
)
def test_wrong_arguments_are_told_what_to_give_instead(
    store: AnalyticsStore, given: dict[str, Any], said: str
) -> None:
    right: dict[str, Any] = {"site_id": "shop", "minute": MINUTE}
    if "siteId" in str(given):
        right = {}  # as the reference calls it
    with pytest.raises(InvalidInput, match=said):
        store.update_realtime_stats_command(**(right | given))
