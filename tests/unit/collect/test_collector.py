import re
from itertools import islice
from typing import Any

import pytest

from footfall.collect.caller import Caller
from footfall.collect.collector import IDS_AT_ONCE, Collector, random_ids
from footfall.collect.wire import WireEvent, decode
from footfall.errors import InvalidInput, NotAllowed
from footfall.model import DropReason, Hit, SiteRules
from tests.ingesting import CHROME, NOW, RETENTION_MS, caller, encoded, rules, wire

SERVER = caller("192.0.2.1", user_agent="server/1", write_site="a")


def collect(
    who: Caller | None = None, site: SiteRules | None = None, **fields: Any
) -> Hit | DropReason:
    return Collector(RETENTION_MS).collect(read(**fields), site or rules(), who or caller())


def read(**fields: Any) -> WireEvent:
    event = decode(encoded(wire(**fields)))
    assert isinstance(event, WireEvent)
    return event


def collected(who: Caller | None = None, **fields: Any) -> Hit:
    found = collect(who, **fields)
    assert isinstance(found, Hit)
    return found


def wrong_field(who: Caller | None = None, **fields: Any) -> str | None:
    with pytest.raises(InvalidInput) as raised:
        collect(who, **fields)
    return raised.value.field


def test_a_page_view_becomes_a_hit() -> None:
    found = collected(
        u="https://www.example.com/docs?token=secret&utm_source=x#top",
        r="https://me:pw@search.example/?q=private",
        t="Docs",
        sid="tab",
        sw=1920,
        sh=1080,
        id="mine",
        p={"plan": "pro"},
    )

    assert found == Hit(
        site="a",
        type="pageview",
        time=NOW,
        id="any/mine",
        host="www.example.com",
        path="/docs",
        address="203.0.113.7",
        network="203.0.113.7",
        user_agent=CHROME,
        sid="tab",
        title="Docs",
        referrer="https://search.example/",
        screen_width=1920,
        screen_height=1080,
        props={"plan": "pro"},
        utm={"source": "x"},
    )


def test_empty_texts_are_none() -> None:
    found = collected(t="", r="", p={})

    assert (found.title, found.referrer, found.props) == (None, None, None)


@pytest.mark.parametrize("referrer", ["about:blank", "nonsense", "file:///home/me/secret"])
def test_an_invalid_referrer_is_none(referrer: str) -> None:
    assert collected(r=referrer).referrer is None


def test_an_android_app_is_a_valid_referrer_but_no_valid_page() -> None:
    assert (
        collected(r="android-app://com.example.app/").referrer == "android-app://com.example.app/"
    )
    assert wrong_field(u="android-app://com.example.app/") == "u"


@pytest.mark.parametrize("url", ["", "/docs", "ftp://example.com/", "https://", "javascript:1"])
def test_an_invalid_page_url_is_refused(url: str) -> None:
    assert wrong_field(u=url) == "u"


def test_an_event_without_an_id_gets_one() -> None:
    one, two = collected(), collected()

    assert len(one.id) == 16
    assert one.id != two.id


def test_generated_ids_are_short_and_unique() -> None:
    ids = list(islice(random_ids(), 3 * IDS_AT_ONCE))

    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[\w-]{16}", text) for text in ids)


@pytest.mark.parametrize("kind", ["ping", "leave"])
def test_the_id_of_a_signal_is_ignored(kind: str) -> None:
    assert not collected(e=kind, id="mine").id.endswith("mine")


def test_an_id_must_be_printable() -> None:
    assert collected(id="ö 1").id == "any/ö 1"
    assert wrong_field(id="a\nb") == "id"


@pytest.mark.parametrize("props", [None, {}, {"name": ""}, {"name": 7}, {"name": "x" * 200}])
def test_a_custom_event_needs_a_name(props: dict[str, Any] | None) -> None:
    assert wrong_field(e="event", p=props) == "p.name"


def test_a_custom_event_keeps_its_properties() -> None:
    assert collected(e="event", p={"name": "buy", "value": 9.5}).props == {
        "name": "buy",
        "value": 9.5,
    }


@pytest.mark.parametrize("url", [None, 7, "", "/path", "mailto:me@example.com"])
def test_an_outbound_click_needs_a_target(url: Any) -> None:
    assert wrong_field(e="outbound", p={"url": url}) == "p.url"
    assert wrong_field(e="outbound") == "p.url"


def test_the_target_of_a_click_loses_credentials_and_query() -> None:
    found = collected(e="outbound", p={"url": "https://me:pw@shop.example:81/a?session=1#x"})

    assert found.props == {"url": "https://shop.example:81/a"}


def test_only_page_views_have_utm_fields() -> None:
    assert collected(e="ping", u="https://example.com/?utm_source=x").utm is None


def test_time_address_and_user_agent_from_a_browser_are_ignored() -> None:
    found = collected(ts=1, ip="198.51.100.1", ua="other")

    assert (found.time, found.address, found.user_agent) == (NOW, "203.0.113.7", CHROME)


def test_time_address_and_user_agent_from_a_server_are_used() -> None:
    found = collected(SERVER, ts=NOW - 60_000, ip="2001:DB8::7", ua=CHROME)

    assert (found.time, found.address, found.user_agent) == (NOW - 60_000, "2001:db8::7", CHROME)
    assert found.network == "20010db800000000"


def test_a_server_may_omit_time_address_and_user_agent() -> None:
    found = collected(SERVER)

    assert (found.time, found.address, found.user_agent) == (NOW, "192.0.2.1", "server/1")


@pytest.mark.parametrize("field", [{"ts": NOW}, {"ip": "198.51.100.1"}, {"ua": CHROME}])
def test_a_token_of_another_site_is_not_enough(field: dict[str, Any]) -> None:
    other = caller(write_site="b")

    with pytest.raises(NotAllowed, match="write token of 'a'"):
        collect(other, **field)
    assert collected(other).address == "203.0.113.7"


def test_an_invalid_address_is_refused() -> None:
    assert wrong_field(SERVER, ip="example.com") == "ip"


@pytest.mark.parametrize(
    ("age", "outcome"),
    [
        (0, 0),
        (RETENTION_MS, RETENTION_MS),
        (RETENTION_MS + 1, DropReason.STALE),
        (NOW + 1, DropReason.STALE),
        (-1, 0),
        (-5000, 0),
        (-5001, DropReason.FUTURE),
        (-(10**30), DropReason.FUTURE),
    ],
)
def test_events_of_wrong_times_are_dropped(age: int, outcome: int | DropReason) -> None:
    found = collect(SERVER, ts=NOW - age)

    assert (NOW - found.time if isinstance(found, Hit) else found) == outcome


def test_an_excluded_path_is_dropped() -> None:
    assert collect(site=rules(exclude_paths=("/",))) is DropReason.EXCLUDED_PATH


def test_validation_comes_before_the_site_filter() -> None:
    with pytest.raises(InvalidInput):
        collect(site=rules(exclude_paths=("/",)), e="event")


def test_changed_rules_apply_at_once() -> None:
    collector, event = Collector(RETENTION_MS), read()

    assert isinstance(collector.collect(event, rules(), caller()), Hit)
    assert (
        collector.collect(event, rules(domains=("b.example",)), caller()) is DropReason.FOREIGN_HOST
    )
