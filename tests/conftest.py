"""Shared by all folders, started when needed: a DynamoDB emulator, a browser for each module."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e import browsers
from tests.emulator import CREDENTIALS, VARIABLE, emulator

# How long anything takes is the machine's affair.
settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("any machine")


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


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Its synchronous API has its own event loop, which is closed after each module, so that tests
    elsewhere can have theirs."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = browsers.launch(playwright)
    yield browser
    browser.close()
