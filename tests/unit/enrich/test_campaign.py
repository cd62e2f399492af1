import pytest

from footfall.enrich.source import name_campaign
from tests.ingesting import draft


@pytest.mark.parametrize(
    ("source", "utm", "campaign"),
    [
        ("Direct", {"campaign": "spring"}, "spring"),
        ("Google", {"source": "google"}, None),
        ("Google", None, None),
        (None, {"campaign": "spring"}, None),
    ],
)
def test_campaign_of_an_arrival(
    source: str | None, utm: dict[str, str] | None, campaign: str | None
) -> None:
    visit = draft(utm=utm)
    visit.source = source

    name_campaign(visit)

    assert visit.campaign == campaign
