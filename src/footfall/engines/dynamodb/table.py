"""Creating the table, and showing its state."""

import asyncio
import time
from typing import Any

import msgspec

from footfall.clock import now_ms
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.connection import Connection, Refused
from footfall.engines.dynamodb.lease import live_nodes
from footfall.engines.dynamodb.options import TableOptions
from footfall.engines.dynamodb.shards import ShardCount
from footfall.errors import AlreadyExists, InvalidInput, StoreUnavailable

WAIT_S = 120.0
POLL_S = 0.5
STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
USABLE_VIEWS = ("NEW_IMAGE", "NEW_AND_OLD_IMAGES")


class TableStatus(msgspec.Struct, frozen=True, kw_only=True):
    status: str
    """DynamoDB's own word, such as ``ACTIVE``."""
    billing: str
    items: int
    """Updated by DynamoDB every few hours."""
    stream: str | None
    """What its records contain; None if it is off."""
    expiry: bool
    """Whether DynamoDB removes expired items."""
    shards: int
    nodes: tuple[str, ...]
    """The nodes that read the stream now."""


class Table:
    """Creates and inspects one table. Close it when done."""

    def __init__(self, options: TableOptions) -> None:
        self._connection = Connection(options)
        self._name = options.table

    async def create(self, units: tuple[int, int] | None = None) -> None:
        """Create the table: on demand, or with ``units`` of (reads, writes) per second reserved.

        Returns when the table can be used. Raises AlreadyExists and StoreUnavailable.
        """
        billing: dict[str, Any] = {"BillingMode": "PAY_PER_REQUEST"}
        if units is not None:
            reserved = {"ReadCapacityUnits": units[0], "WriteCapacityUnits": units[1]}
            billing = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": reserved}
        kinds = ((keys.PARTITION, "HASH"), (keys.SORT, "RANGE"))
        try:
            await self._connection.request(
                "create_table",
                TableName=self._name,
                AttributeDefinitions=[
                    {"AttributeName": name, "AttributeType": "S"} for name, _ in kinds
                ],
                KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in kinds],
                StreamSpecification=STREAM,
                **billing,
            )
        except Refused:
            raise AlreadyExists(
                f"the table {self._name!r} already exists: use another name, or prepare it with "
                "`footfall dynamodb enable-streams`"
            ) from None
        await self._until_active()
        await self._enable_expiry()

    async def enable_streams(self) -> None:
        """Turn on the stream and the expiry, if they are off.

        Raises InvalidInput if it has a stream that does not show new items.
        """
        table = await self._describe()
        view = _view(table)
        if view is None:
            await self._connection.request(
                "update_table", TableName=self._name, StreamSpecification=STREAM
            )
            await self._until_active()
        elif view not in USABLE_VIEWS:
            raise InvalidInput(
                f"the table {self._name!r} has a stream of {view}, which does not show new items: "
                "disable it, then run this again",
                field="store",
            )
        await self._enable_expiry()

    async def status(self) -> TableStatus:
        table = await self._describe()
        nodes = await live_nodes(self._connection, now_ms())
        billing = table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED")
        return TableStatus(
            status=table["TableStatus"],
            billing="on demand" if billing == "PAY_PER_REQUEST" else "provisioned",
            items=table.get("ItemCount", 0),
            stream=_view(table),
            expiry=await self._has_expiry(),
            shards=await ShardCount(self._connection).for_reading(),
            nodes=tuple(name for _, name in nodes),
        )

    async def close(self) -> None:
        await self._connection.close()

    async def _describe(self) -> dict[str, Any]:
        answer = await self._connection.request("describe_table", TableName=self._name)
        table: dict[str, Any] = answer["Table"]
        return table

    async def _until_active(self) -> None:
        deadline = time.monotonic() + WAIT_S
        while (await self._describe())["TableStatus"] != "ACTIVE":
            if time.monotonic() > deadline:
                raise StoreUnavailable(
                    f"the table {self._name!r} is still not active after {WAIT_S:.0f} s: wait, "
                    "then run `footfall dynamodb enable-streams`"
                )
            await asyncio.sleep(POLL_S)

    async def _enable_expiry(self) -> None:
        if not await self._has_expiry():
            await self._connection.request(
                "update_time_to_live",
                TableName=self._name,
                TimeToLiveSpecification={"Enabled": True, "AttributeName": keys.TTL},
            )

    async def _has_expiry(self) -> bool:
        answer = await self._connection.request("describe_time_to_live", TableName=self._name)
        state = answer["TimeToLiveDescription"]["TimeToLiveStatus"]
        return state in ("ENABLED", "ENABLING")


def _view(table: dict[str, Any]) -> str | None:
    stream = table.get("StreamSpecification", {})
    return stream.get("StreamViewType") if stream.get("StreamEnabled") else None
