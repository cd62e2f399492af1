import json
import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from footfall.metrics import Metrics, Reading
from footfall.model import Site
from footfall.principal import HOLDER
from footfall.window.query import ViewQuery
from tests.events import event
from tests.serving import new_app, running, until

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "metrics.md"
GRAFANA = ROOT / "deploy" / "grafana" / "footfall.json"


def documented() -> set[str]:
    return set(re.findall(r"^\| `(footfall_\w+)", PAGE.read_text(), re.MULTILINE))


async def test_the_docs_page_lists_every_metric() -> None:
    async with running(new_app(site_metrics=True)) as app:
        text = app.services.render_metrics().decode()
    shown = {
        family.name + "_total" * (family.type == "counter")
        for family in text_string_to_metric_families(text)
        if family.name.startswith("footfall_")
    }
    assert documented() == shown


async def test_the_live_numbers_of_each_site_are_those_of_its_document() -> None:
    async with running(new_app(site_metrics=True)) as app:
        for site in ("quiet", "shop"):
            await app.services.catalog.put_site(Site(id=site, name=site))
        now = app.services.now()
        await app.services.event_log.append(
            [event(number, site="shop", time=now, sid=f"t{number}") for number in range(3)]
        )

        async def is_folded() -> bool:
            return app.life.parts.node.folded == 3

        await until(is_folded)
        text = app.services.render_metrics().decode()
        document = await app.hub.document(ViewQuery("shop"), HOLDER)
    shown = {
        (sample.name.removeprefix("footfall_site_"), sample.labels["site"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if family.name.startswith("footfall_site_")
    }
    assert shown == {
        ("current_visitors", "quiet"): 0,
        ("present_visitors", "quiet"): 0,
        ("page_views", "quiet"): 0,
        ("current_visitors", "shop"): document.current_visitors,
        ("present_visitors", "shop"): document.present_visitors,
        ("page_views", "shop"): document.page_views,
    }
    assert document.present_visitors == 3


def test_grafana_asks_for_metrics_that_there_are() -> None:
    text = GRAFANA.read_text()
    asked = set(re.findall(r"\bfootfall_\w+", text))
    assert len(asked) > 10
    assert asked - documented() == set()
    dashboard = json.loads(text)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(set(ids)) == len(ids)
    targets = [target for panel in dashboard["panels"] for target in panel.get("targets", ())]
    assert {target["datasource"]["uid"] for target in targets} == {"${prometheus}"}


def test_values_are_read_when_metrics_are_rendered() -> None:
    counts = {"a": 1}
    metrics = Metrics([Reading("things", "counter", "Things", lambda: counts, "kind")])
    assert 'footfall_things_total{kind="a"} 1.0' in metrics.render().decode()
    counts |= {"a": 2, "b": 5}
    text = metrics.render().decode()
    assert 'footfall_things_total{kind="a"} 2.0' in text
    assert 'footfall_things_total{kind="b"} 5.0' in text
