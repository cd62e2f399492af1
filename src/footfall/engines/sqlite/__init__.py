"""The embedded store: one SQLite file that holds the event log and the catalog."""

from footfall.engines.sqlite.catalog import SqliteCatalog
from footfall.engines.sqlite.events import SqliteEventLog

__all__ = ["SqliteCatalog", "SqliteEventLog"]
