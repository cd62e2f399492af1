"""The SQL of the event log.

The sqlite3 module releases the GIL for every step of a statement, and waits to get it back while
the event loop is busy. So each statement does its work in one step, and a read returns one row of
concatenated JSON, which msgspec decodes into events at once.
"""

from footfall.model import SIGNALS

CHUNK = 500
"""Rows per read, at most."""

PRUNE_STEP = 250
"""Rows per removal, at most, so that an append waits some 3 ms for it; 1,000 take 18."""

_SIGNALS = ", ".join(f"'{kind}'" for kind in sorted(SIGNALS))

# A lone statement is its own transaction. ?1 is a JSON array of events, each an array in the
# order of Event's fields: 0 site, 1 time, 2 id, 3 type, 7 previous_visitor.
INSERT = f"""
INSERT INTO events (site, time, id, is_signal, is_linked, body)
SELECT
    json_extract(value, '$[0]'),
    json_extract(value, '$[1]'),
    json_extract(value, '$[2]'),
    json_extract(value, '$[3]') IN ({_SIGNALS}),
    json_extract(value, '$[7]') IS NOT NULL,
    value
FROM json_each(?1)
"""  # noqa: S608 - only our own constants

# A commit that changes nothing.
PROBE = "UPDATE catalog SET version = version"

END = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'"

# ?1 site, ?2 ?3 ?4 the (time, id, offset) last read, ?5 the last offset that may be read, ?6 how
# many rows. group_concat keeps the order of the subquery.
REPLAY = """
SELECT group_concat(body), group_concat("offset") FROM (
    SELECT body, "offset" FROM events
    WHERE site = ?1 AND time >= ?2 AND (time, id, "offset") > (?2, ?3, ?4) AND "offset" <= ?5
    ORDER BY time, id, "offset" LIMIT ?6
)
"""

FIRST_EVENT = "SELECT min(time) FROM events WHERE site = ?1"

# ?1 < offset <= ?2, ?3 how many rows.
READ_AFTER = """
SELECT group_concat(body), max("offset") FROM (
    SELECT body, "offset" FROM events
    WHERE "offset" > ?1 AND "offset" <= ?2
    ORDER BY "offset" LIMIT ?3
)
"""

# In all prunings: ?1 the cutoff, ?2 how many rows.
PRUNE_SIGNALS = """
DELETE FROM events WHERE "offset" IN (
    SELECT "offset" FROM events WHERE is_signal AND time < ?1 LIMIT ?2
)
"""

# Site by site, since the index begins with the site. (The sqlite3 module counts rows only for
# statements that begin with DELETE, so WITH comes inside.)
PRUNE_EVENTS = """
DELETE FROM events WHERE "offset" IN (
    WITH RECURSIVE known (site) AS (
        SELECT min(site) FROM events
        UNION ALL
        SELECT (SELECT min(site) FROM events WHERE site > known.site) FROM known
        WHERE known.site IS NOT NULL
    )
    SELECT events."offset" FROM known CROSS JOIN events
    WHERE events.site = known.site AND events.time < ?1 AND NOT events.is_signal
    LIMIT ?2
)
"""

PRUNE_LINKS = """
UPDATE events SET is_linked = 0, body = json_set(body, '$[7]', NULL)
WHERE "offset" IN (
    SELECT "offset" FROM events WHERE is_linked AND time < ?1 LIMIT ?2
)
"""

# What removed sites have left, ?1 how many rows.
SWEEP = (
    """
    DELETE FROM events WHERE "offset" IN (
        SELECT events."offset" FROM removed_sites CROSS JOIN events
        WHERE events.site = removed_sites.id LIMIT ?1
    )
    """,
    """
    DELETE FROM minutes WHERE (site, minute) IN (
        SELECT minutes.site, minutes.minute FROM removed_sites CROSS JOIN minutes
        WHERE minutes.site = removed_sites.id LIMIT ?1
    )
    """,
)

# ?1 the site, ?2 how many rows.
SWEEP_SITE = (
    """
    DELETE FROM events WHERE "offset" IN (
        SELECT "offset" FROM events WHERE site = ?1 LIMIT ?2
    )
    """,
    """
    DELETE FROM minutes WHERE (site, minute) IN (
        SELECT site, minute FROM minutes WHERE site = ?1 LIMIT ?2
    )
    """,
)
