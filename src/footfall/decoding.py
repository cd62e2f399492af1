"""What msgspec found wrong, and where. Its messages quote what strangers wrote, so nothing here
takes more than linear time or passes a long text on."""

import msgspec

MAX_MESSAGE = 200
MAX_FIELD = 80
_PLACE = " - at `"


def explain(error: msgspec.ValidationError) -> tuple[str, str | None]:
    """The message without its place, and the field (``p.name``, ``[3].u``); None for the whole."""
    text = str(error)
    message, found, place = text.rpartition(_PLACE)
    if not found:
        return text[:MAX_MESSAGE], None
    field = place.removesuffix("`").removeprefix("key` in `").removeprefix("$").removeprefix(".")
    return message[:MAX_MESSAGE], field.removesuffix("[...]")[:MAX_FIELD] or None
