"""Sixty days of the demo site before its first start: a week's rhythm, a launch, a quiet night, a
wave of bots."""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from footfall.demo.browsers import bot
from footfall.demo.crowd import Crowd, EventBody
from footfall.demo.site import SITE_ID
from footfall.demo.sitemap import PAGES, path_of

DAYS = 60
STEP_SECONDS = 30
EVENTS_PER_SECOND = 0.1
"""On average: some 600,000 events."""
LAUNCH_DAYS_AGO = 23
QUIET_NIGHT_DAYS_AGO = 9
BOT_WAVE_DAYS_AGO = 15
BOT_WAVE_DAYS = 0.1
BOT_VIEWS = 50
"""In each step of the wave, some twenty times as many as of visitors."""
BY_WEEKDAY = (1.05, 1.1, 1.1, 1.05, 0.95, 0.75, 0.85)
"""From Monday."""
BUSIEST_HOUR = 19


def lines(base_url: str, end: datetime, seed: int | None) -> Iterator[bytes]:
    """The events before ``end``, in the form of ``/collect``, in order."""
    rng, begin = random.Random(seed), end - timedelta(days=DAYS)
    crowd = Crowd(SITE_ID, base_url, rng)
    seconds = DAYS * 86_400
    for now in range(STEP_SECONDS, seconds, STEP_SECONDS):
        moment = begin + timedelta(seconds=now)
        quota = STEP_SECONDS * EVENTS_PER_SECOND * busyness(moment, end)
        stamp = round(moment.timestamp() * 1000)
        for report in crowd.until(now, quota):
            if not report.do_not_track:
                yield msgspec.json.encode({**report.body, "ts": stamp})
        if 0 <= BOT_WAVE_DAYS_AGO - _days_ago(moment, end) < BOT_WAVE_DAYS:
            for _ in range(BOT_VIEWS):
                yield msgspec.json.encode({**_bot_view(rng, base_url), "ts": stamp})


def _bot_view(rng: random.Random, base_url: str) -> EventBody:
    url = base_url.rstrip("/") + path_of(rng.choice(list(PAGES)))
    return {"s": SITE_ID, "e": "pageview", "u": url, "ua": bot(rng).user_agent}


def _days_ago(moment: datetime, end: datetime) -> float:
    return (end - moment) / timedelta(days=1)


def busyness(moment: datetime, end: datetime) -> float:
    """Factor of the rate, around 1."""
    at = moment.astimezone(UTC)
    hour = at.hour + at.minute / 60
    by_hour = 1 + 0.75 * math.cos(math.tau * (hour - BUSIEST_HOUR) / 24)
    days_ago = _days_ago(moment, end)
    since_launch = LAUNCH_DAYS_AGO - days_ago
    launch = 2.2 * math.exp(-since_launch / 2) if since_launch >= 0 else 0.0
    growth = 1 + 0.3 * (1 - days_ago / DAYS)
    is_down = 0 <= QUIET_NIGHT_DAYS_AGO - days_ago < 0.3
    return 0.0 if is_down else BY_WEEKDAY[at.weekday()] * by_hour * (growth + launch)
