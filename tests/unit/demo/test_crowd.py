import random
from collections import Counter
from itertools import chain

import msgspec

from footfall.collect.address import parse_address
from footfall.collect.caller import Caller
from footfall.collect.collector import Collector
from footfall.collect.wire import WireEvent, decode
from footfall.demo.crowd import Crowd, Report
from footfall.model import Hit, Site, SiteRules

BASE = "http://127.0.0.1:8000"
TICKS_PER_SECOND = 10


def crowd(seed: int = 1) -> Crowd:
    return Crowd("demo", BASE, random.Random(seed))


def reports_of(crowd: Crowd, seconds: int, rate: float) -> list[list[Report]]:
    """The reports of each second."""
    return [
        [
            report
            for tick in range(TICKS_PER_SECOND)
            for report in crowd.until(second + tick / TICKS_PER_SECOND, rate / TICKS_PER_SECOND)
        ]
        for second in range(seconds)
    ]


def all_reports_of(crowd: Crowd, seconds: int, rate: float) -> list[Report]:
    return list(chain.from_iterable(reports_of(crowd, seconds, rate)))


def test_the_same_seed_and_moments_give_the_same_reports() -> None:
    assert reports_of(crowd(), 30, 20) == reports_of(crowd(), 30, 20)
    assert reports_of(crowd(1), 30, 20) != reports_of(crowd(2), 30, 20)


def test_it_sends_reports_at_the_given_rate() -> None:
    seconds = reports_of(crowd(), 120, 50)

    assert abs(sum(map(len, seconds)) - 120 * 50) < 60
    assert all(25 < len(second) < 75 for second in seconds)


def test_it_grows_to_a_size_and_keeps_it() -> None:
    visitors = crowd()
    reports_of(visitors, 90, 20)
    grown = len(visitors)

    for second in range(90, 300):
        visitors.until(second, 20)

    assert 100 < grown < 300
    assert 0.6 < len(visitors) / grown < 1.6


def test_collect_accepts_every_report() -> None:
    address = parse_address("127.0.0.1")
    assert address is not None
    caller = Caller(1_000_000, address, "httpx", write_site="demo")
    rules = SiteRules(Site(id="demo", name="Demo"))
    collect = Collector(retention_ms=60_000).collect
    kinds: Counter[str] = Counter()

    for report in all_reports_of(crowd(), 120, 40):
        wire = decode(msgspec.json.encode(report.body))
        assert isinstance(wire, WireEvent)
        hit = collect(wire, rules, caller)
        assert isinstance(hit, Hit), hit
        assert (hit.address, hit.user_agent) == (report.body["ip"], report.body["ua"])
        assert hit.path.startswith("/demo/")
        kinds[hit.type] += 1

    assert set(kinds) == {"pageview", "event", "outbound", "ping", "leave"}


def test_some_visitors_ask_not_to_be_tracked() -> None:
    reports = all_reports_of(crowd(), 60, 40)

    assert 0 < sum(report.do_not_track for report in reports) < len(reports) / 5


def test_ids_are_unique() -> None:
    ids = [report.body["id"] for report in all_reports_of(crowd(), 60, 40) if "id" in report.body]

    assert len(ids) == len(set(ids)) > 500
