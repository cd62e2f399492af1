"""``footfall dynamodb …`` on the emulator."""

import secrets

import pytest
from click.testing import CliRunner, Result

from footfall.cli.main import main
from tests.emulator import REGION


class Shell:
    def __init__(self, store: str) -> None:
        self.store = store

    def __call__(self, *arguments: str) -> Result:
        environment = {"FOOTFALL_STORE": self.store, "COLUMNS": "200"}
        return CliRunner(env=environment).invoke(main, arguments)


@pytest.fixture
def shell(dynamodb_endpoint: str, aws_credentials: None) -> Shell:
    name = f"footfall-cli-{secrets.token_hex(4)}"
    return Shell(f"dynamodb://{name}?region={REGION}&endpoint={dynamodb_endpoint}&shards=3")


def test_a_table_is_created_shown_and_used(shell: Shell) -> None:
    assert shell("dynamodb", "create-table").exit_code == 0
    status = shell("dynamodb", "status").stdout
    for part in ("ACTIVE", "on demand", "NEW_IMAGE", "none"):
        assert part in status
    assert "off" not in status
    assert shell("site", "add", "shop").exit_code == 0
    assert "shop" in shell("site", "list").stdout
    assert shell("site", "remove", "shop", "--yes").exit_code == 0


def test_an_existing_table_is_not_created_again(shell: Shell) -> None:
    assert (
        shell("dynamodb", "create-table", "--read-units", "5", "--write-units", "6").exit_code == 0
    )
    assert "provisioned" in shell("dynamodb", "status").stdout
    again = shell("dynamodb", "create-table")
    assert again.exit_code == 2
    assert "enable-streams" in again.stderr
    assert shell("dynamodb", "enable-streams").exit_code == 0


def test_streams_and_expiry_are_added_to_a_table_that_lacks_them(shell: Shell) -> None:
    import boto3

    client = boto3.client(
        "dynamodb", region_name=REGION, endpoint_url=shell.store.split("endpoint=")[1].split("&")[0]
    )
    client.create_table(
        TableName=shell.store.removeprefix("dynamodb://").split("?")[0],
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk")],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
    )
    client.close()
    assert "off: run" in shell("dynamodb", "status").stdout
    assert shell("dynamodb", "enable-streams").exit_code == 0
    assert "off" not in shell("dynamodb", "status").stdout


def test_without_a_table_each_command_says_how_to_create_one(shell: Shell) -> None:
    for command in (("dynamodb", "status"), ("dynamodb", "enable-streams"), ("site", "list")):
        answer = shell(*command)
        assert answer.exit_code == 1
        assert "footfall dynamodb create-table" in answer.stderr


@pytest.mark.parametrize(
    ("store", "arguments", "part"),
    [
        ("sqlite:///x.db", ("status",), "is no table"),
        ("dynamodb://x", ("status",), "3 to 255"),
        ("dynamodb://footfall", ("create-table", "--read-units", "5"), "both"),
    ],
)
def test_wrong_usage_is_refused_with_a_hint(
    store: str, arguments: tuple[str, ...], part: str
) -> None:
    answer = Shell(store)("dynamodb", *arguments)
    assert answer.exit_code == 2
    assert part in answer.stderr
