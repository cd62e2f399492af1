"""A new table for each test, and a boto3 client as a user would create it."""

import secrets
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.emulator import REGION


@pytest.fixture
def client(dynamodb_endpoint: str, aws_credentials: None) -> Iterator[Any]:
    made = boto3.client("dynamodb", endpoint_url=dynamodb_endpoint, region_name=REGION)
    yield made
    made.close()


@pytest.fixture
def table(client: Any) -> Iterator[str]:
    """An empty table with its stream enabled."""
    name = f"footfall-{secrets.token_hex(4)}"
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
    client.get_waiter("table_exists").wait(TableName=name)
    yield name
    client.delete_table(TableName=name)
