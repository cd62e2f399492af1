"""The serverless functions in one process, called as Lambda would call them."""

import json
from typing import Any

import boto3

from footfall.catalog.tokens import digest, new_secret
from footfall.engines.dynamodb import keys
from footfall.engines.dynamodb.items import to_event
from footfall.engines.dynamodb.secret_store import SECRET
from footfall.model import Event, Scope, Site, Token
from footfall.serverless import http, schedule, sockets, stream
from footfall.serverless.container import container
from tests.dynamodb.serverless.gateway import FakeGateway
from tests.emulator import REGION

ADMIN = "the-admin-token-of-the-tests"
BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36"
)


class World:
    def __init__(self, client: Any, endpoint: str, table: str, gateway: FakeGateway) -> None:
        self.gateway = gateway
        self._client = client
        self._table = table
        self._streams = boto3.client("dynamodbstreams", endpoint_url=endpoint, region_name=REGION)
        self._seen: set[str] = set()

    def close(self) -> None:
        self._streams.close()

    def add_site(self, site: str, *, public: bool = False) -> None:
        catalog = container().components.catalog
        container().run(catalog.put_site(Site(id=site, name=site.title(), public=public)))

    def add_token(self, scope: Scope, site: str) -> str:
        secret = new_secret()
        token = Token(
            id=f"{scope}-{site}", scope=scope, digest=digest(secret), created=0, site_id=site
        )
        container().run(container().components.catalog.put_token(token))
        return secret

    def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: str = "",
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """Send an HTTP request as API Gateway's HTTP API passes it on (payload version 2.0)."""
        sent = {"host": "abc.execute-api.eu-central-1.amazonaws.com", "user-agent": BROWSER}
        sent |= headers or {}
        if token is not None:
            sent["authorization"] = f"Bearer {token}"
        event = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": query,
            "headers": sent,
            "requestContext": {
                "http": {"method": method, "path": path, "sourceIp": "203.0.113.7"},
                "stage": "$default",
            },
            "body": body,
            "isBase64Encoded": False,
        }
        return http.handler(event, None)

    def realtime(self, site: str, token: str, query: str = "") -> dict[str, Any]:
        path = f"/api/analytics/sites/{site}/realtime"
        answer = self.request("GET", path, query=query, token=token)
        assert answer["statusCode"] == 200, answer
        document: dict[str, Any] = json.loads(answer["body"])
        return document

    def send(self, route: str, connection: str, body: Any = None) -> dict[str, Any]:
        """Send an event of the WebSocket API."""
        event = {
            "requestContext": {"routeKey": route, "connectionId": connection},
            "body": None if body is None else json.dumps(body),
        }
        return sockets.handler(event, None)

    def subscribe(self, connection: str, site: str, **wanted: Any) -> None:
        self.send("$connect", connection)
        self.send("subscribe", connection, {"action": "subscribe", "site": site, **wanted})

    def records(self) -> list[dict[str, Any]]:
        """The new records of the table's stream, as Lambda would pass them on."""
        arn = self._client.describe_table(TableName=self._table)["Table"]["LatestStreamArn"]
        found = []
        for shard in self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
            iterator = self._streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
            while iterator:
                answer = self._streams.get_records(ShardIterator=iterator)
                found += answer["Records"]
                iterator = answer.get("NextShardIterator") if answer["Records"] else None
        fresh = [each for each in found if each["dynamodb"]["SequenceNumber"] not in self._seen]
        self._seen |= {each["dynamodb"]["SequenceNumber"] for each in fresh}
        return [_as_in_lambda(each) for each in fresh]

    def deliver(self, records: list[dict[str, Any]]) -> dict[str, Any]:
        return stream.handler({"Records": records}, None)

    def pass_minute(self) -> None:
        schedule.handler({}, None)

    def items(self, prefix: str) -> dict[tuple[str, str], Any]:
        """All items of the table whose sort key starts with ``prefix``, by key."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._table)
        found = [item for page in pages for item in page["Items"]]
        return {
            (item["pk"]["S"], item["sk"]["S"]): item
            for item in found
            if item["sk"]["S"].startswith(prefix)
        }

    def stored(self) -> list[Event]:
        """Every stored event, with its link between days."""
        link_keys = {
            int(sort.removeprefix(keys.LINK_PREFIX)): bytes(item[SECRET]["B"])
            for (_, sort), item in self.items(keys.LINK_PREFIX).items()
        }
        return [to_event(item, link_keys) for item in self.items(keys.EVENT_PREFIX).values()]


def _as_in_lambda(record: dict[str, Any]) -> dict[str, Any]:
    """Only what JSON can hold: no datetimes and no bytes."""
    change = {
        name: value
        for name, value in record["dynamodb"].items()
        if name in ("Keys", "NewImage", "SequenceNumber", "SizeBytes", "StreamViewType")
    }
    plain = {**{n: record[n] for n in ("eventID", "eventName")}, "dynamodb": change}
    as_json: dict[str, Any] = json.loads(json.dumps(plain, default=str))
    return as_json
