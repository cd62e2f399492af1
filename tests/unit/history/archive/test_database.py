"""The tests of the archive run on the newest DuckDB and on the oldest that it is for."""

import os

import duckdb


def test_the_version_is_the_one_that_is_tested() -> None:
    wanted = os.environ.get("FOOTFALL_TEST_DUCKDB", "2.")
    assert duckdb.__version__.startswith(wanted)
