"""``/metrics``: the plain counters that the parts keep, read when Prometheus asks.

Nothing here runs while an event is taken or an update is sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

import msgspec
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

PREFIX = "footfall_"


class Reading(msgspec.Struct, frozen=True):
    """One metric and where its value is read. With a ``label``, ``read`` gives a mapping from
    that label's values."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    read: Callable[[], float | Mapping[str, float]]
    label: str | None = None


class Metrics(Collector):
    """The text exposition of ``readings`` and of the process."""

    def __init__(self, readings: Iterable[Reading]) -> None:
        self._readings = tuple(readings)
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def collect(self) -> Iterator[Metric]:
        for reading in self._readings:
            yield _family(reading)

    def render(self) -> bytes:
        return generate_latest(self._registry)


def _family(reading: Reading) -> Metric:
    kind = CounterMetricFamily if reading.kind == "counter" else GaugeMetricFamily
    labels = [reading.label] if reading.label else []
    family = kind(PREFIX + reading.name, reading.help, labels=labels)
    value = reading.read()
    if isinstance(value, Mapping):
        for label, number in value.items():
            family.add_metric([label], number)
    else:
        family.add_metric([], value)
    return family
