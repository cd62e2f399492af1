from datetime import date
from hashlib import blake2b
from typing import Any

import pytest

from footfall.enrich.visitor import VisitorHashes
from footfall.times import DAY_MS
from tests.ingesting import CHROME, MIDNIGHT, NOW, RETENTION_MS, draft


class Salts:
    """Remembers which days it was asked for."""

    def __init__(self) -> None:
        self.asked: list[date] = []

    def __call__(self, day: date) -> bytes:
        self.asked.append(day)
        return day.isoformat().encode()


def seen(**fields: Any) -> tuple[int, int | None]:
    visit = draft(**fields)
    VisitorHashes(Salts(), RETENTION_MS).identify(visit)
    return visit.visitor, visit.previous_visitor


def test_the_hash_is_keyed_with_the_days_salt() -> None:
    text = "\0".join(("a", "203.0.113.7", CHROME)).encode()
    digest = blake2b(text, key=b"2026-01-15", digest_size=8).digest()

    assert seen() == (int.from_bytes(digest, "little", signed=True), None)


@pytest.mark.parametrize(
    "other",
    [
        {"site": "b"},
        {"network": "203.0.113.8"},
        {"user_agent": "x"},
        {"time": NOW + DAY_MS},
    ],
)
def test_another_site_network_agent_or_day_is_another_visitor(other: dict[str, Any]) -> None:
    assert seen()[0] != seen(**other)[0]


def test_page_time_and_id_make_no_difference() -> None:
    assert seen() == seen(path="/docs", host="www.example.com", time=NOW + 1, id="2", sid="t")


def test_yesterdays_hash_bridges_midnight_for_one_retention() -> None:
    before, _ = seen(time=MIDNIGHT - 1)

    assert seen(time=MIDNIGHT)[1] == before
    assert seen(time=MIDNIGHT + RETENTION_MS - 1)[1] == before
    assert seen(time=MIDNIGHT + RETENTION_MS)[1] is None
    assert seen(time=MIDNIGHT - 1)[1] is None


def test_a_hash_fits_a_signed_64_bit_column() -> None:
    hashes = [seen(network=str(number))[0] for number in range(200)]

    assert len(set(hashes)) == 200
    assert min(hashes) < 0 < max(hashes)
    assert all(-(2**63) <= each < 2**63 for each in hashes)


def test_salts_are_asked_for_once_a_day_and_old_ones_forgotten() -> None:
    salts = Salts()
    visitors = VisitorHashes(salts, RETENTION_MS)
    for time in (NOW, NOW + 1, NOW + DAY_MS, NOW + 3 * DAY_MS, NOW):
        visitors.identify(draft(time=time))

    assert [day.day for day in salts.asked] == [15, 16, 18, 15]
