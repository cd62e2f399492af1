"""The function behind the table's stream."""

from typing import Any

from footfall.serverless.container import container


def handler(event: Any, _context: Any) -> dict[str, Any]:
    """Needs ``ReportBatchItemFailures``: what was not counted is delivered again."""
    made = container()
    again = made.run(_take(event["Records"]))
    return {"batchItemFailures": [] if again is None else [{"itemIdentifier": again}]}


async def _take(records: list[Any]) -> str | None:
    components = container().components
    await components.refresh()
    return await components.consumer.consume(records)
