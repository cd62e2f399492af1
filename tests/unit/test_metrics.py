import re
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from footfall.metrics import Metrics, Reading
from tests.serving import new_app, running

PAGE = Path(__file__).parents[2] / "docs" / "metrics.md"


async def test_the_docs_page_lists_every_metric() -> None:
    async with running(new_app()) as app:
        text = app.services.render_metrics().decode()
    shown = {
        family.name + "_total" * (family.type == "counter")
        for family in text_string_to_metric_families(text)
        if family.name.startswith("footfall_")
    }
    assert set(re.findall(r"^\| `(footfall_\w+)", PAGE.read_text(), re.MULTILINE)) == shown


def test_values_are_read_when_metrics_are_rendered() -> None:
    counts = {"a": 1}
    metrics = Metrics([Reading("things", "counter", "Things", lambda: counts, "kind")])
    assert 'footfall_things_total{kind="a"} 1.0' in metrics.render().decode()
    counts |= {"a": 2, "b": 5}
    text = metrics.render().decode()
    assert 'footfall_things_total{kind="a"} 2.0' in text
    assert 'footfall_things_total{kind="b"} 5.0' in text
