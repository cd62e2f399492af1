"""Events as Footfall's ``POST /collect`` takes them: JSON, one event each, without a line end."""

import itertools
import json
import secrets
import time
from collections.abc import Mapping
from typing import TypeAlias

from footfall_sdk.checks import MAX_TEXT, MAX_URL, check_event, check_visit, harmless
from footfall_sdk.visit import Visit

Scalar: TypeAlias = str | int | float | bool | None

_encode = json.JSONEncoder(separators=(",", ":"), allow_nan=False, ensure_ascii=False).encode


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
        said = dict(properties) if value is None else {**properties, "value": value}
        check_event(name, said)
        return self._event("event", visit, {"p": {**said, "name": name}})

    def _event(self, kind: str, visit: Visit, more: Mapping[str, object]) -> bytes:
        check_visit(visit)
        event: dict[str, object] = {
            "s": self._site,
            "e": kind,
            "u": visit.url,
            "id": f"{self._prefix}-{next(self._numbers):x}",
            "ts": time.time_ns() // 1_000_000,
            "ip": visit.ip,
            "ua": harmless(visit.user_agent[:MAX_TEXT]),
            **more,
        }
        if visit.referrer and len(visit.referrer) <= MAX_URL:
            event["r"] = harmless(visit.referrer)
        return _encode(event).encode()
