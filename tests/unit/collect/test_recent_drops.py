from footfall.collect import recent_drops
from footfall.collect.recent_drops import KEPT_MS, MAX_ROWS, MAX_SITES, Drop, RecentDrops
from footfall.model import DropReason
from tests.ingesting import NOW


def test_drops_add_up_by_reason_and_host_newest_first() -> None:
    drops = RecentDrops()
    drops.note("a", DropReason.FOREIGN_HOST, "localhost", NOW)
    drops.note("a", DropReason.BOT, None, NOW + 1)
    drops.note("a", DropReason.FOREIGN_HOST, "localhost", NOW + 2)
    drops.note("b", DropReason.BOT, None, NOW)
    assert drops.of("a", NOW + 2) == [
        Drop(DropReason.FOREIGN_HOST, "localhost", 2, NOW + 2),
        Drop(DropReason.BOT, None, 1, NOW + 1),
    ]
    assert drops.of("c", NOW) == []


def test_what_is_older_than_half_an_hour_is_forgotten() -> None:
    drops = RecentDrops()
    drops.note("a", DropReason.BOT, None, NOW)
    assert drops.of("a", NOW + KEPT_MS) != []
    assert drops.of("a", NOW + KEPT_MS + 1) == []
    drops.note("a", DropReason.BOT, None, NOW + KEPT_MS + 1)
    assert drops.of("a", NOW + KEPT_MS + 1)[0].count == 1


def test_strangers_can_not_make_it_grow() -> None:
    drops = RecentDrops()
    for number in range(MAX_ROWS + 5):
        drops.note("a", DropReason.FOREIGN_HOST, f"{number}" * 500, NOW + number)
    rows = drops.of("a", NOW)
    assert len(rows) == MAX_ROWS
    assert {len(row.host or "") for row in rows} == {recent_drops.MAX_HOST}
    for number in range(MAX_SITES):
        drops.note(f"site-{number}", DropReason.BOT, None, NOW)
    assert drops.of("a", NOW) == []
    drops.forget("site-1")
    assert drops.of("site-1", NOW) == []
    assert drops.of("site-2", NOW) != []
