"""The SAM template is valid and matches the code it deploys."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from cfnlint import decode
from cfnlint.api import ManualArgs, lint

from footfall.engines.dynamodb import keys
from footfall.serverless.components import SOCKETS_URL

TEMPLATE = Path(__file__).parents[2] / "deploy/aws/template.yaml"


@pytest.fixture(scope="module")
def template() -> Any:
    loaded, problems = decode.decode(str(TEMPLATE))
    assert not problems
    return loaded


def functions(template: Any) -> dict[str, Any]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def test_cfn_lint_finds_nothing() -> None:
    found = lint(TEMPLATE.read_text(), config=ManualArgs(regions=["eu-central-1", "us-east-1"]))
    assert [str(each) for each in found] == []


def test_every_handler_exists(template: Any) -> None:
    for function in functions(template).values():
        module, _, name = function["Handler"].rpartition(".")
        assert callable(getattr(import_module(module), name))


def test_the_table_has_the_keys_that_the_engine_uses(template: Any) -> None:
    table = template["Resources"]["Table"]["Properties"]
    schema = {each["KeyType"]: each["AttributeName"] for each in table["KeySchema"]}
    assert schema == {"HASH": keys.PARTITION, "RANGE": keys.SORT}
    assert table["TimeToLiveSpecification"]["AttributeName"] == keys.TTL
    assert table["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


def test_functions_get_the_sockets_url(template: Any) -> None:
    assert SOCKETS_URL in template["Globals"]["Function"]["Environment"]["Variables"]


def test_the_stream_function_gets_events_only_and_reports_failures(template: Any) -> None:
    source = functions(template)["StreamFunction"]["Events"]["Stream"]["Properties"]
    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    [wanted] = source["FilterCriteria"]["Filters"]
    assert json.loads(wanted["Pattern"]) == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"sk": {"S": [{"prefix": keys.EVENT_PREFIX}]}}},
    }
