"""The archive: finished events and visits in Parquet, kept by a process of its own."""
