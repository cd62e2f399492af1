"""The keys of the single table.

| partition key        | sort key                        | item                                   |
|----------------------|---------------------------------|----------------------------------------|
| ``SITE#id#shard``    | ``EV#time#id``                  | one event of any type                  |
| ``SITE#id``          | ``METADATA``                    | the site                               |
| ``SITE#id``          | ``GOAL#id``                     | one of its goals                       |
| ``SITE#id``          | ``MINUTE#number``               | the live counters at a minute's end    |
| ``SITE#id``          | ``REALTIME#minute#sequence``    | one writer's counts of one minute      |
| ``CATALOG``          | ``VERSION``                     | incremented by every catalog write     |
| ``CATALOG``          | ``STORE``                       | the random id of this store            |
| ``CATALOG``          | ``SITE#id``                     | marks that the site exists             |
| ``CATALOG``          | ``TOKEN#id``                    | one token                              |
| ``CATALOG``          | ``SESSION#id``                  | one session of a browser               |
| ``CATALOG``          | ``REMOVED#id``                  | a removed site that is still swept     |
| ``CATALOG``          | ``SALT#day``                    | the salt of a UTC day                  |
| ``CATALOG``          | ``LINK#day``                    | the key of that day's links            |
| ``CATALOG``          | ``SHARDS``                      | how many shards hold events            |
| ``CATALOG``          | ``NODE#id``                     | one live node that reads the stream    |
| ``CONNECTION#id``    | ``METADATA``                    | one WebSocket connection of API Gateway|
| ``SITE#id``          | ``CONNECTION#id``               | its subscription to the site           |

A site id has no ``#``, so keys of different kinds never collide.
"""

from zlib import crc32

PARTITION = "pk"
SORT = "sk"
TTL = "ttl"
"""Epoch seconds after which DynamoDB may remove the item; it does so hours late."""

CATALOG = "CATALOG"
VERSION = "VERSION"
SHARDS = "SHARDS"
STORE_ID = "STORE"
METADATA = "METADATA"
PROBE = "PROBE"
"""Below ``CATALOG``: never an item, only deleted to see whether the table takes writes."""

CONNECTION_PREFIX = "CONNECTION#"
EVENT_PREFIX = "EV#"
GOAL_PREFIX = "GOAL#"
LINK_PREFIX = "LINK#"
MINUTE_PREFIX = "MINUTE#"
NODE_PREFIX = "NODE#"
REALTIME_PREFIX = "REALTIME#"
REMOVED_PREFIX = "REMOVED#"
SALT_PREFIX = "SALT#"
SESSION_PREFIX = "SESSION#"
SITE_PREFIX = "SITE#"
TOKEN_PREFIX = "TOKEN#"  # noqa: S105

TIME_DIGITS = 13
"""Digits of milliseconds since the epoch: keys sort by time until the year 2286."""


def shard_of(event_id: str, shards: int) -> int:
    """Depends only on the id, so that writing an event again replaces its item."""
    return crc32(event_id.encode()) % shards


def event_partition(site: str, shard: int) -> str:
    return f"{SITE_PREFIX}{site}#{shard}"


def event_sort(time: int, event_id: str) -> str:
    """``time`` in milliseconds. Sort keys order by (time, id)."""
    return f"{event_time_sort(time)}#{event_id}"


def event_time_sort(time: int) -> str:
    """Sorts before every event at or after ``time`` (ms), and after every earlier one."""
    return f"{EVENT_PREFIX}{time:0{TIME_DIGITS}d}"


def site_of(partition: str) -> str:
    """The site of a partition key, of its events or of the site itself."""
    return partition.removeprefix(SITE_PREFIX).partition("#")[0]


def time_of(sort: str) -> int:
    """The time (ms) in an event's sort key."""
    return int(sort.removeprefix(EVENT_PREFIX).partition("#")[0])


def site_partition(site: str) -> str:
    return f"{SITE_PREFIX}{site}"


def site_sort(site: str) -> str:
    """The sort key in the catalog's partition."""
    return f"{SITE_PREFIX}{site}"


def goal_sort(goal_id: str) -> str:
    return f"{GOAL_PREFIX}{goal_id}"


def token_sort(token_id: str) -> str:
    return f"{TOKEN_PREFIX}{token_id}"


def session_sort(session_id: str) -> str:
    return f"{SESSION_PREFIX}{session_id}"


def removed_sort(site: str) -> str:
    return f"{REMOVED_PREFIX}{site}"


def prefix_of(sort: str) -> str:
    """``TOKEN#`` of ``TOKEN#id``."""
    return "".join(sort.partition("#")[:2])


def id_of(sort: str) -> str:
    """``id`` of ``TOKEN#id``."""
    return sort.partition("#")[2]


def salt_sort(day: str) -> str:
    """``day`` as in ``2026-01-15``."""
    return f"{SALT_PREFIX}{day}"


def link_sort(day: int) -> str:
    """``day`` is in days since the epoch."""
    return f"{LINK_PREFIX}{day:06d}"


def minute_sort(minute: int) -> str:
    """``minute`` is in whole minutes since the epoch."""
    return f"{MINUTE_PREFIX}{minute:09d}"


def node_sort(node_id: str) -> str:
    return f"{NODE_PREFIX}{node_id}"


def connection_partition(connection_id: str) -> str:
    return f"{CONNECTION_PREFIX}{connection_id}"


def connection_sort(connection_id: str) -> str:
    """The sort key in its site's partition."""
    return f"{CONNECTION_PREFIX}{connection_id}"


def realtime_minute_sort(minute: str) -> str:
    """Sorts before every writer's item of ``minute``, as in ``2026-01-15T10:30``."""
    return f"{REALTIME_PREFIX}{minute}"


def realtime_sort(minute: str, sequence: str) -> str:
    """``sequence`` identifies one update of one writer, so that a retry overwrites itself."""
    return f"{realtime_minute_sort(minute)}#{sequence}"
