"""From which record a failed batch is delivered again, so that nothing counts twice."""

import json
from typing import Any

import pytest

from footfall.dynamodb.stats import MinuteStats
from footfall.engines.dynamodb import keys
from footfall.errors import StoreUnavailable
from footfall.serverless.consumer import Group, resume_at
from footfall.serverless.container import container
from footfall.serverless.minute_items import MinuteItems
from tests.dynamodb.serverless.world import World


def group(first: int, last: int) -> Group:
    return Group("shop", 0, first, last, str(first), MinuteStats(), [])


@pytest.mark.parametrize(
    ("groups", "failed", "place"),
    [
        ([(0, 4), (5, 9)], [1], 5),
        ([(0, 4), (5, 9)], [0], 0),
        ([(0, 6), (5, 9)], [1], 0),
        ([(0, 2), (1, 6), (5, 9)], [2], 0),
        ([(0, 2), (3, 6), (5, 9)], [2], 3),
    ],
)
def test_a_group_is_delivered_again_completely_or_not_at_all(
    groups: list[tuple[int, int]], failed: list[int], place: int
) -> None:
    made = [group(*each) for each in groups]
    assert resume_at(made, [made[index] for index in failed]) == place


def post(world: World, *sites: str) -> None:
    for site in sites:
        body = json.dumps({"s": site, "e": "pageview", "u": "https://shop.example/"})
        assert world.request("POST", "/collect", body=body)["statusCode"] == 204


@pytest.fixture
def sites(world: World) -> World:
    world.add_site("a", public=True)
    world.add_site("b", public=True)
    return world


def test_failed_events_are_delivered_again_and_counted_once(
    sites: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(sites, "a", "b", "a")
    records = sites.records()
    put = MinuteItems.put

    async def broken(self: MinuteItems, site: str, *rest: Any) -> None:
        if site == "b":
            raise StoreUnavailable("throttled")
        await put(self, site, *rest)

    monkeypatch.setattr(MinuteItems, "put", broken)
    [failure] = sites.deliver(records)["batchItemFailures"]
    numbers = [each["dynamodb"]["SequenceNumber"] for each in records]
    monkeypatch.setattr(MinuteItems, "put", put)

    again = records[numbers.index(failure["itemIdentifier"]) :]
    assert sites.deliver(again) == {"batchItemFailures": []}
    for site, views in (("a", 2), ("b", 1)):
        items = [item for (pk, _), item in realtime_items(sites).items() if pk == f"SITE#{site}"]
        assert sum(int(item["pageViews"]["N"]) for item in items) == views


def realtime_items(world: World) -> dict[tuple[str, str], Any]:
    return world.items(keys.REALTIME_PREFIX)


def test_the_key_of_an_item_has_the_sequence_number_of_its_first_event(sites: World) -> None:
    post(sites, "a", "b")
    records = sites.records()
    sites.deliver(records)
    sequences = {
        record["dynamodb"]["NewImage"]["pk"]["S"].split("#")[1]: record["dynamodb"][
            "SequenceNumber"
        ]
        for record in records
        if record["dynamodb"]["NewImage"]["sk"]["S"].startswith(keys.EVENT_PREFIX)
    }
    found = {pk: sk.rpartition("#")[2] for pk, sk in realtime_items(sites)}
    assert found == {f"SITE#{site}": sequence for site, sequence in sequences.items()}


def test_an_unreadable_item_is_skipped_and_counted(sites: World) -> None:
    post(sites, "a")
    records = sites.records()
    fake = {"pk": {"S": "SITE#a#0"}, "sk": records[-1]["dynamodb"]["Keys"]["sk"]}
    change = {"NewImage": fake, "Keys": fake, "SequenceNumber": "1"}
    answer = sites.deliver([{"eventName": "INSERT", "dynamodb": change}, *records])
    assert answer == {"batchItemFailures": []}
    assert container().components.consumer.unreadable == 1
    assert len(realtime_items(sites)) == 1


def test_counting_continues_while_the_gateway_is_down(sites: World) -> None:
    sites.subscribe("ann", "a")
    sites.gateway.broken = True
    post(sites, "a")
    assert sites.deliver(sites.records()) == {"batchItemFailures": []}
    assert len(realtime_items(sites)) == 1
    sites.gateway.broken = False
    sites.pass_minute()
    assert sites.gateway.last("ann")["pageViews"] == 1
