"""Page views and events of a Python web application, sent to a Footfall server."""

from footfall_sdk.footfall import Footfall
from footfall_sdk.outbox import Counters
from footfall_sdk.pages import PageRules
from footfall_sdk.visit import Visit

__all__ = ["Counters", "Footfall", "PageRules", "Visit"]
