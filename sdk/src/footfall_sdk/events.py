"""Events as Footfall's ``POST /collect`` takes them: JSON, one event each, without a line end."""

import itertools
import json
import secrets
import time
from collections.abc import Mapping
from typing import TypeAlias

from footfall_sdk.visit import Visit

Scalar: TypeAlias = str | int | float | bool | None
MAX_TEXT = 2048
MAX_EVENT_NAME = 128
MAX_NAME = 64
MAX_URL = 8192
MAX_PROPERTIES = 63
"""Beside the name."""

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


class Events:
    """Makes the events of one site, each with an id of its own: an event that is sent again counts
    once."""

    def __init__(self, site: str) -> None:
        self._site = site
        self._prefix = secrets.token_hex(8)
        self._numbers = itertools.count()

    def page_view(self, visit: Visit) -> bytes:
        """Raises ValueError when the server would refuse it."""
        return self._event("pageview", visit, {})

    def custom(
        self, name: str, value: Scalar, properties: Mapping[str, Scalar], visit: Visit
    ) -> bytes:
        """Raises ValueError when the server would refuse it."""
        if not 0 < len(name) <= MAX_EVENT_NAME:
            raise ValueError(f"the name of an event has 1 to {MAX_EVENT_NAME} characters")
        if len(properties) > MAX_PROPERTIES:
            raise ValueError(f"an event has at most {MAX_PROPERTIES} properties")
        for key, item in properties.items():
            _check_property(key, item)
        said = {**properties, "name": name}
        if value is not None:
            _check_property("value", value)
            said["value"] = value
        return self._event("event", visit, {"p": said})

    def _event(self, kind: str, visit: Visit, more: Mapping[str, object]) -> bytes:
        if not visit.ip:
            raise ValueError("the visitor's address is not known; see `proxies`")
        if len(visit.url) > MAX_URL:
            raise ValueError(f"a URL has at most {MAX_URL} characters")
        event: dict[str, object] = {
            "s": self._site,
            "e": kind,
            "u": visit.url,
            "id": f"{self._prefix}-{next(self._numbers):x}",
            "ts": time.time_ns() // 1_000_000,
            "ip": visit.ip,
            "ua": visit.user_agent[:MAX_TEXT],
            **more,
        }
        if visit.referrer and len(visit.referrer) <= MAX_URL:
            event["r"] = visit.referrer
        return _encode(event).encode()


def _check_property(key: str, value: object) -> None:
    if not 0 < len(key) <= MAX_NAME:
        raise ValueError(f"the name of a property has 1 to {MAX_NAME} characters: {key[:80]!r}")
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise ValueError(f"{key} has more than {MAX_TEXT} characters")
    elif not (value is None or isinstance(value, int | float)):
        raise ValueError(f"{key} is a {type(value).__name__}: text, numbers, true and false go")
