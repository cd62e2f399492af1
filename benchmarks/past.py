"""``python -m benchmarks.past FOLDER DAYS EVENTS`` makes an archive of a site, by the archive's own
code, from generated events; prints how long it took and the most memory that was used, as JSON."""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.servers import SITE
from footfall.history.archive.arrivals import drop
from footfall.history.archive.database import open_database
from footfall.history.archive.schedule import mergeable
from footfall.history.archive.schema import ARRIVED, names
from footfall.history.archive.site import SiteArchive
from footfall.history.limits import ArchiveLimits
from footfall.times import DAY_MS

RETURNING = 0.2
"""Of the visits of a day, those by someone who was there before on it."""

# A visit has up to 13 pages, a page view and two pings (or an event, or a leave) on each.
EVENTS = """
WITH visits AS (
    SELECT number, (hash(number % {people} + {day}::BIGINT * 1000003) >> 1)::BIGINT AS visitor,
        {day}::BIGINT * {day_ms} + (random() * 86000000)::BIGINT AS began,
        (random() * random() * 12)::INTEGER + 1 AS pages, random() AS a, random() AS b,
        random() AS c
    FROM range({visits}) AS numbers (number)
),
steps AS (SELECT *, unnest(range(pages * 3)) AS step FROM visits),
typed AS (
    SELECT *, CASE WHEN step % 3 = 0 THEN 'pageview' WHEN step % 17 = 4 THEN 'event'
        WHEN step % 23 = 5 THEN 'leave' ELSE 'ping' END AS type,
        (a * a * (step // 3 + 1) * 997 * c)::INTEGER % 2000 AS page
    FROM steps
)
SELECT '{site}' AS site,
    least(began + step * 15000 + (random() * 5000)::BIGINT, ({day} + 1)::BIGINT * {day_ms} - 1)
        AS time,
    uuid()::VARCHAR AS id, type, visitor, 'shop.example' AS host, '/page/' || page AS path,
    NULL::BIGINT AS previous_visitor, 's' || number || '-' || (step // 3) AS sid,
    CASE WHEN type = 'pageview' THEN 'The title of page ' || page END AS title,
    CASE WHEN type = 'event' THEN ['signup', 'play', 'scroll', 'buy'][1 + number % 4] END AS name,
    NULL::VARCHAR AS url,
    CASE WHEN step = 0 THEN 'https://site' || (number % 50) || '.example/' END AS referrer,
    CASE WHEN step = 0
        THEN ['Google', 'Direct', 'Bing', 'ChatGPT', 'news.example'][1 + (b * b * 5)::INTEGER % 5]
    END AS source,
    CASE WHEN step = 0 AND c < 0.1 THEN 'spring' END AS campaign,
    ['DE', 'US', 'FR', 'GB', 'JP', 'IN', 'BR'][1 + (c * c * 7)::INTEGER % 7] AS country,
    ['desktop', 'mobile', 'tablet'][1 + (a * 3)::INTEGER % 3] AS device,
    ['Chrome', 'Safari', 'Firefox', 'Edge'][1 + (b * 4)::INTEGER % 4] AS browser,
    ['Windows', 'iOS', 'Android', 'macOS', 'Linux'][1 + (c * 5)::INTEGER % 5] AS os,
    CASE WHEN type = 'pageview' AND page % 97 = 3 THEN ['Newsletter'] ELSE [] END::VARCHAR[]
        AS goals,
    NULL::VARCHAR AS utm,
    CASE WHEN type = 'event' THEN '{{"plan": "' || (number % 3) || '"}}' END AS props,
    NULL::VARCHAR AS region, NULL::VARCHAR AS city
FROM typed
"""
EVENTS_OF_A_VISIT = 11.9
"""On average."""


def make(folder: Path, days: int, events: int) -> dict[str, float]:
    """The ``days`` before today."""
    temporary = folder / "temporary"
    temporary.mkdir(parents=True)
    today = int(time.time() * 1000) // DAY_MS
    database = open_database(temporary, ArchiveLimits(retention_ms=1_800_000))
    archive, closing, made = SiteArchive(folder / f"site={SITE}", SITE), 0.0, 0
    for day in range(today - days, today):
        visits = round(events / days / EVENTS_OF_A_VISIT)
        query = EVENTS.format(
            site=SITE, day=day, day_ms=DAY_MS, visits=visits, people=round(visits / (1 + RETURNING))
        )
        insert = f"INSERT INTO arrived ({names(ARRIVED)}) SELECT {names(ARRIVED)}"
        counted = database.execute(f"{insert} FROM ({query})")
        made += (counted.fetchone() or (0,))[0]
        began = time.perf_counter()
        archive.close(database, day * DAY_MS, (day + 1) * DAY_MS)
        drop(database, {SITE: (day + 1) * DAY_MS})
        closing += time.perf_counter() - began
    began = time.perf_counter()
    while (files := next(mergeable(archive.manifest), None)) is not None:
        archive.merge(database, files)
    merging = time.perf_counter() - began
    for path in archive.replaced:
        path.unlink()
    return {
        "events": made,
        "visits": sum(each.rows for each in archive.manifest.of_kind("visits")),
        "days": days,
        "closing s": round(closing, 1),
        "merging s": round(merging, 1),
        "files": len(archive.manifest.files),
        "bytes": archive.manifest.bytes,
        "resident MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        "made": datetime.now(UTC).timestamp(),
    }


if __name__ == "__main__":
    print(json.dumps(make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
