"""The demo site's past, as its page will show it."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from footfall.clock import now_ms
from footfall.demo import past
from footfall.demo.site import SITE_RULES
from footfall.imports.ndjson import NdjsonImport
from footfall.model import DropReason

END = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_wave_of_bots_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "DAYS", 17)
    lines = list(past.lines("http://demo.example", END, 1))
    wave = (END - timedelta(days=past.BOT_WAVE_DAYS_AGO)).date()
    sent = Counter(
        datetime.fromtimestamp(json.loads(line)["ts"] / 1000, UTC).date() for line in lines
    )
    reading = NdjsonImport(SITE_RULES, now_ms())
    counted = Counter(
        datetime.fromtimestamp(each.time / 1000, UTC).date() for each in reading.events(lines)
    )
    before = wave - timedelta(days=1)
    assert sent[wave] > 2 * sent[before], "the bots are many"
    assert 0.7 < counted[wave] / counted[before] < 1.5, "and none of them counts"
    assert reading.dropped[DropReason.BOT] > 10_000
    assert len(counted) == past.DAYS + 1
