"""DynamoDB's low-level attribute values: ``{"S": "text"}``, ``{"N": "12"}``, ``{"M": {…}}``."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from footfall.engines.dynamodb.items import Item

Attribute: TypeAlias = dict[str, Any]

ENTRY_BYTES = 1
CONTAINER_BYTES = 3
MAX_NUMBER_BYTES = 21


def attribute(value: Any) -> Attribute:
    """Wrap text, a whole number, bytes, or a mapping of them."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    return {"M": item(value)}


def item(values: Mapping[str, Any]) -> Item:
    """Wrap the values of an item; None values are left out."""
    return {name: attribute(value) for name, value in values.items() if value is not None}


def value_of(wrapped: Mapping[str, Any]) -> Any:
    """Unwrap what ``attribute`` wrapped."""
    kind, value = next(iter(wrapped.items()))
    if kind == "N":
        return int(value)
    if kind == "M":
        return {name: value_of(inner) for name, inner in value.items()}
    return value


def plain_item(found: Mapping[str, Any]) -> dict[str, Any]:
    """An item's values, whether boto3's client returned it (``{"S": "text"}``) or its resource
    interface (``"text"``, ``Decimal``, ``Binary``)."""
    if all(isinstance(value, dict) for value in found.values()):
        return {name: value_of(value) for name, value in found.items()}
    return {name: _plain(value) for name, value in found.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    return value if isinstance(value, str | None) else bytes(value)


def size(wrapped: Mapping[str, Any]) -> int:
    """The most bytes that DynamoDB can count for an attribute value.

    Source: DynamoDB developer guide, "DynamoDB item sizes and formats".
    """
    kind, value = next(iter(wrapped.items()))
    if kind == "N":
        return min(len(value) // 2 + 3, MAX_NUMBER_BYTES)
    if kind == "M":
        return CONTAINER_BYTES + sum(named_size(name, each) for name, each in value.items())
    return len(value.encode() if isinstance(value, str) else value)


def named_size(name: str, wrapped: Mapping[str, Any]) -> int:
    """The same, with the value's name in its item or map."""
    return len(name.encode()) + size(wrapped) + ENTRY_BYTES
