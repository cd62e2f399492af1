"""What an answer of ``POST /api/v2/query`` has many of."""

import msgspec


class QueryRow(msgspec.Struct):
    dimensions: list[str]
    metrics: list[float | int | None]
