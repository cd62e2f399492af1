"""Tells persons and visits apart: the law of history, in SQL.

From a table of arrived events come two: the events that count, each with its visit, and the visits.
The outcome depends on the set of events only, not on their order or repetition, and the events of a
finished visit are not needed to decide later ones.
"""

from footfall.history.archive.schema import EVENTS, QUARTER_MS, VISITS, names
from footfall.times import DAY_MS, VISIT_GAP_MS
from footfall.window.limits import DEDUP_SECONDS

DECIDING = ("arrived_rows", "kept", "people", "told", "visits")
"""The temporary tables that ``decide`` makes."""
BOUNCED = "page_views = 1 AND NOT acted AND engaged < 10000"
"""Of a visit: one page view and nothing else, and less than 10 s engaged."""
REPEAT_MS = DEDUP_SECONDS * 1000
"""An id seen within so much time before does not count again."""

# Windows sort whole rows, so they get few columns; the rest is joined by the row's number.

# A signal without an id is the same one when all of it is the same. What was only "seen" is an id
# that an earlier stretch knew.
ARRIVED_ROWS = "CREATE OR REPLACE TEMP TABLE arrived_rows AS FROM {arrived}"
KEPT = f"""
CREATE OR REPLACE TEMP TABLE kept AS
WITH keyed AS (
    SELECT rowid AS row, time, arrival, type, visitor, previous_visitor, path,
        type = 'seen' AS is_seen, type IN ('ping', 'leave') AS is_signal,
        CASE WHEN is_signal THEN '' ELSE id END AS key,
        CASE WHEN is_signal THEN hash(type, visitor, coalesce(sid, ''), path) END AS signal
    FROM arrived_rows
),
compared AS (
    SELECT *, lag(time) OVER (
        PARTITION BY key, signal ORDER BY time, is_seen, arrival
    ) AS before
    FROM keyed
)
SELECT row, time, visitor, previous_visitor, path, type <> 'leave' AS is_activity FROM compared
WHERE NOT is_seen
    AND (before IS NULL OR time - before > CASE WHEN is_signal THEN 0 ELSE {REPEAT_MS} END)
"""

# Someone who was here half an hour before the first event of today's hash is the same person all
# day: their visit spans midnight. But nobody is the same for more than two days: whoever has a hash
# of the day before is somebody else tomorrow. Who was told so before is in ``aliases``.
PEOPLE = f"""
CREATE OR REPLACE TEMP TABLE people AS
WITH RECURSIVE
spans AS (
    SELECT visitor, min(time) AS first, max(time) AS last, max(previous_visitor) AS previous
    FROM kept GROUP BY visitor
),
following AS (
    SELECT today.visitor, yesterday.visitor AS before, today.first // {DAY_MS} AS day
    FROM spans AS today JOIN spans AS yesterday ON yesterday.visitor = today.previous
    WHERE today.first - yesterday.last BETWEEN 0 AND {VISIT_GAP_MS - 1}
        AND today.visitor NOT IN (SELECT visitor FROM aliases)
),
chain AS (
    SELECT following.*, before NOT IN (SELECT visitor FROM aliases) AS is_linked
    FROM following WHERE before NOT IN (SELECT visitor FROM following)
    UNION ALL
    SELECT following.*, NOT chain.is_linked
    FROM following JOIN chain ON following.before = chain.visitor
)
SELECT visitor, person, day FROM aliases
UNION ALL SELECT visitor, before, day FROM chain WHERE is_linked
"""

# What happens at the same ms is of the same visit: hence the range.
TOLD = f"""
CREATE OR REPLACE TEMP TABLE told AS
WITH named AS (
    SELECT kept.*, coalesce(people.person, kept.visitor) AS person
    FROM kept LEFT JOIN people ON people.visitor = kept.visitor
),
spaced AS (
    SELECT *, coalesce(
        time - lag(time) OVER (PARTITION BY person ORDER BY time) >= {VISIT_GAP_MS}, true
    ) AS is_new
    FROM named
),
begun AS (
    SELECT *, max(CASE WHEN is_new THEN time END) OVER (
        PARTITION BY person ORDER BY time RANGE UNBOUNDED PRECEDING
    ) AS visit_start
    FROM spaced
)
SELECT row, person, visit_start, NOT is_activity OR row_number() OVER (
    PARTITION BY person, visit_start, path, time // {QUARTER_MS}, is_activity ORDER BY time
) > 1 AS again
FROM begun
"""
DECIDED = """
CREATE OR REPLACE TEMP VIEW decided AS
SELECT arrived_rows.*, row, person, visit_start, again
FROM arrived_rows JOIN told ON arrived_rows.rowid = told.row
"""

VISITS_OF = f"""
CREATE OR REPLACE TEMP TABLE visits AS
WITH stretches AS (
    SELECT person, visit_start, min(time) AS first, max(time) AS last
    FROM decided WHERE sid IS NOT NULL GROUP BY person, visit_start, sid
),
added AS (
    SELECT person, visit_start, greatest(0, last - greatest(first, coalesce(max(last) OVER (
        PARTITION BY person, visit_start ORDER BY first, last
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ), first))) AS visible
    FROM stretches
),
engagement AS (
    SELECT person, visit_start, sum(visible)::BIGINT AS engaged
    FROM added GROUP BY person, visit_start
),
gathered AS (
    SELECT person AS visitor, visit_start, max(time) AS visit_end,
        count(*) FILTER (type = 'pageview')::INTEGER AS page_views,
        bool_or(type IN ('event', 'outbound') OR coalesce(len(goals), 0) > 0) AS acted,
        arg_min(
            {{{{path: path, source: source, campaign: campaign, country: country, device: device,
            browser: browser, os: os, region: region, city: city}}}}, (time, id)
        ) FILTER (type = 'pageview') AS entry,
        arg_max(path, (time, id)) FILTER (type = 'pageview') AS exit_path,
        list_sort(list(DISTINCT time // {QUARTER_MS}) FILTER (type <> 'leave'))::INTEGER[]
            AS quarters
    FROM decided GROUP BY person, visit_start
)
SELECT {names(VISITS)} FROM (
    SELECT gathered.*, coalesce(engaged, 0) AS engaged,
        quarters IS NOT NULL AS active, 0::USMALLINT AS firsts, entry.path AS entry_path,
        entry.source, entry.campaign, entry.country, entry.device, entry.browser, entry.os,
        entry.region, entry.city
    FROM gathered LEFT JOIN engagement
        ON engagement.person = gathered.visitor
        AND engagement.visit_start = gathered.visit_start
)
""".replace("{{", "{").replace("}}", "}")

_EVENTS = f"""
SELECT {names(EVENTS)} FROM (
    SELECT * REPLACE (person AS visitor), {{firsts}} FROM decided
)
"""
MARKED_EVENTS = _EVENTS.format(
    firsts="row IN (SELECT row FROM first_paths) AS first_on_path, "
    "row IN (SELECT row FROM first_names) AS first_of_name, "
    "(SELECT list(value) FROM first_goals WHERE first_goals.row = decided.row) AS first_goals"
)
RUNNING_EVENTS = _EVENTS.format(
    firsts="NULL::BOOLEAN AS first_on_path, NULL::BOOLEAN AS first_of_name, "
    "NULL::VARCHAR[] AS first_goals"
)
"""The events that count, each with its visit: as they are archived, and while they are not."""


def decide_people(arrived: str) -> tuple[str, ...]:
    """The statements that make the temporary table ``people`` (visitor, person, day) out of the
    table ``arrived`` and what was known already, in ``aliases``."""
    return (ARRIVED_ROWS.format(arrived=arrived), KEPT, PEOPLE)


def decide(arrived: str) -> tuple[str, ...]:
    """The same, and the temporary tables ``decided`` and ``visits``."""
    return (*decide_people(arrived), TOLD, DECIDED, VISITS_OF)
