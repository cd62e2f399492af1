"""The query parameters of readers, as structs: requests are read into them, and OpenAPI is derived
from them.

Unknown parameters are ignored: links and proxies add their own. Repeated ones are refused.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any, TypeAlias, TypeVar

import msgspec
from msgspec import Meta

from footfall.errors import InvalidInput
from footfall.http.framework.operation import Parameter
from footfall.model import DEFAULT_LIMIT, DEFAULT_MINUTES, MAX_RETENTION_MINUTES, Position
from footfall.window.limits import LONGEST_FEED
from footfall.window.query import Filter, ViewQuery

FILTERS = tuple(field.name for field in msgspec.structs.fields(Filter))
POSITION_PATTERN = r"[A-Za-z0-9_.-]{1,64}:[0-9]{1,18}"
_POSITION = re.compile(POSITION_PATTERN)
_DIGITS = re.compile(r"[0-9]{1,9}")

PositionText: TypeAlias = Annotated[
    str | None,
    Meta(
        description="epoch:version of the last message received, to get what was missed",
        extra_json_schema={"pattern": f"^{POSITION_PATTERN}$"},
    ),
]
"""Read by ``position``."""
Full: TypeAlias = Annotated[
    int, Meta(ge=0, le=1, description="1: every message is a whole document, a snapshot")
]

P = TypeVar("P", bound=msgspec.Struct)


class ViewParameters(Filter, frozen=True, kw_only=True):
    minutes: Annotated[
        int,
        Meta(
            ge=1,
            le=MAX_RETENTION_MINUTES,
            description="Length of the window; at most the retention (a setting, 30 by default)",
        ),
    ] = DEFAULT_MINUTES
    limit: Annotated[int, Meta(ge=1, le=LONGEST_FEED, description="Rows per list")] = DEFAULT_LIMIT


class LiveViewParameters(ViewParameters, frozen=True, kw_only=True):
    position: PositionText = None
    full: Full = 0


class LiveOverviewParameters(msgspec.Struct, frozen=True, kw_only=True):
    position: PositionText = None
    full: Full = 0


LAST_EVENT_ID = Parameter(
    "Last-Event-ID", "The same as position, sent by EventSource", {"type": "string"}, "header"
)


def described(kind: type[msgspec.Struct]) -> tuple[Parameter, ...]:
    """The parameters of ``kind``, as OpenAPI shows them."""
    parameters = []
    for field in msgspec.structs.fields(kind):
        schema = dict(_schemas(kind)[field.encode_name])
        description = schema.pop("description")
        if field.default is not None:
            schema["default"] = field.default
        parameters.append(Parameter(field.encode_name, description, schema))
    return tuple(parameters)


def read(kind: type[P], items: Iterable[tuple[str, str]]) -> P:
    """``items`` (decoded name-value pairs) as ``kind``. Raises InvalidInput for a repeated or
    invalid parameter."""
    schemas = _schemas(kind)
    given: dict[str, str] = {}
    for name, text in items:
        if name not in schemas:
            continue
        if name in given:
            raise InvalidInput(f"{name} is given twice: give it once", field=name)
        given[name] = text
    values = {name: _typed(schemas[name], text) for name, text in given.items()}
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        name = next(name for name in values if str(error).endswith(f"`$.{name}`"))
        raise _refusal(name, schemas[name]) from None


def view_query(site: str, items: Iterable[tuple[str, str]], retention_minutes: int) -> ViewQuery:
    """The view that ``items`` ask for. Raises InvalidInput."""
    return view(site, read(ViewParameters, items), retention_minutes)


def view(site: str, parameters: ViewParameters, retention_minutes: int) -> ViewQuery:
    """Raises InvalidInput."""
    if parameters.minutes > retention_minutes:
        raise _not_between("minutes", 1, retention_minutes)
    wanted = Filter(**{name: getattr(parameters, name) for name in FILTERS})
    return ViewQuery(site, parameters.minutes, wanted, parameters.limit)


def position(text: str | None) -> Position | None:
    """Parse the ``epoch:version`` of a client's last message. Raises InvalidInput."""
    found = last_event_id(text)
    if found is None and text is not None:
        raise InvalidInput(
            "position must be epoch:version as in a message's position: "
            "leave it out to get a snapshot",
            field="position",
        )
    return found


def last_event_id(text: str | None) -> Position | None:
    """The same from ``Last-Event-ID``. Browsers send it automatically, so a malformed one is not an
    error: the reader gets a snapshot."""
    if text is None or not _POSITION.fullmatch(text):
        return None
    epoch, _, version = text.partition(":")
    return Position(epoch, int(version))


@cache
def _schemas(kind: type[msgspec.Struct]) -> dict[str, dict[str, Any]]:
    """The JSON schema of each parameter. Optional ones are left out, never null."""
    schemas = {}
    for field in msgspec.structs.fields(kind):
        schema = msgspec.json.schema(field.type)
        if "anyOf" in schema:
            schema |= schema.pop("anyOf")[0]
        schemas[field.encode_name] = schema
    return schemas


def _typed(schema: dict[str, Any], text: str) -> str | int:
    """Whole numbers as int. Digits only: msgspec would also read ``5.0`` and ``1e1``."""
    return int(text) if schema.get("type") == "integer" and _DIGITS.fullmatch(text) else text


def _refusal(name: str, schema: dict[str, Any]) -> InvalidInput:
    if "enum" in schema:
        return InvalidInput(f"{name} must be one of {', '.join(schema['enum'])}", field=name)
    if schema["type"] == "integer":
        return _not_between(name, schema["minimum"], schema["maximum"])
    return InvalidInput(
        f"{name} must have {schema['minLength']} to {schema['maxLength']} characters: "
        "leave it out for no filter",
        field=name,
    )


def _not_between(name: str, lowest: int, highest: int) -> InvalidInput:
    return InvalidInput(f"{name} must be a whole number from {lowest} to {highest}", field=name)
