"""Shared by all folders: one DynamoDB emulator for the whole run, started when needed."""

import os
from collections.abc import Iterator

import pytest

from tests.emulator import CREDENTIALS, VARIABLE, emulator


@pytest.fixture(scope="session")
def dynamodb_endpoint() -> Iterator[str]:
    with emulator() as endpoint:
        yield endpoint


@pytest.fixture
def aws_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator accepts any credentials; another endpoint uses those of the environment."""
    if VARIABLE in os.environ:
        return
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
