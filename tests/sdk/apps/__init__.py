"""One small shop in each framework, run as ``python -m tests.sdk.apps.NAME``: it takes a free port
and prints its address.

``/`` and ``/pricing`` are pages, ``/data`` is not, ``/gone`` has the status 404, and ``/signup``
tracks an event. ``/counters`` is what the SDK says of itself.
"""

import dataclasses
import os
from typing import Any

from footfall_sdk import Footfall

PAGE = "<!doctype html><title>Shop</title>"


def options() -> dict[str, Any]:
    """What the test wishes of ``Footfall``."""
    return {
        "url": os.environ["SHOP_FOOTFALL_URL"],
        "site": os.environ["SHOP_SITE"],
        "token": os.environ["SHOP_FOOTFALL_TOKEN"],
        "proxies": 1,
        "enabled": bool(os.environ["SHOP_ENABLED"]),
        "queue_size": int(os.environ["SHOP_QUEUE_SIZE"]),
    }


def counters(footfall: Footfall) -> dict[str, object]:
    return {**dataclasses.asdict(footfall.counters), "waiting": footfall.waiting}
