"""The scripts for pages of any origin: the tracker and the custom elements."""

from footfall.http.framework.operation import Operation
from footfall.http.serving.static_files import script_endpoint
from footfall.principal import LIGHT

JAVASCRIPT = "text/javascript"

OPERATIONS = (
    Operation(
        method="GET",
        path="/footfall.js",
        name="readTracker",
        summary="The tracker, a classic script for pages of any origin",
        endpoint=lambda _services: script_endpoint("footfall.js"),
        needs="nothing",
        costs=LIGHT,
        media=JAVASCRIPT,
        refusals=(404,),
    ),
    Operation(
        method="GET",
        path="/footfall-elements.js",
        name="readElements",
        summary="The custom elements, a module script for pages of any origin",
        endpoint=lambda _services: script_endpoint("footfall-elements.js"),
        needs="nothing",
        costs=LIGHT,
        media=JAVASCRIPT,
        refusals=(404,),
    ),
)
