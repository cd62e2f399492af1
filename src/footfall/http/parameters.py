"""The query parameters of readers, as OpenAPI shows them; ``query`` reads them."""

from footfall.http.operation import Parameter
from footfall.http.query import MAX_LIMIT, MAX_VALUE

_LABEL = {"type": "string", "minLength": 1, "maxLength": MAX_VALUE}

POSITION = Parameter(
    "position",
    "epoch:version of the last message received, to get what was missed",
    {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}:[0-9]{1,18}$"},
)
LAST_EVENT_ID = Parameter(
    "Last-Event-ID", "The same, as EventSource sends it", {"type": "string"}, "header"
)
VIEW = (
    Parameter(
        "minutes",
        "Length of the window; at most the retention (a setting, 30 by default)",
        {"type": "integer", "minimum": 1, "maximum": 60, "default": 5},
    ),
    Parameter(
        "limit",
        "Rows per list",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 20},
    ),
    Parameter("path", "Only this path; a trailing * stands for anything", _LABEL),
    Parameter("country", "Only this country (ISO 3166-1 alpha-2)", _LABEL),
    Parameter("source", "Only visitors who came from this source", _LABEL),
    Parameter("campaign", "Only visitors of this campaign", _LABEL),
    Parameter("device", "Only this class of device", _LABEL),
    Parameter("browser", "Only this browser", _LABEL),
    Parameter("os", "Only this operating system", _LABEL),
)
