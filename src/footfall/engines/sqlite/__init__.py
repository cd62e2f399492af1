"""The embedded store: one SQLite file that holds the event log and the catalog."""
