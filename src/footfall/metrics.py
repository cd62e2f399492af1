"""``/metrics``: the counters of the parts, read when Prometheus scrapes them.

Nothing here runs while an event is ingested or an update is sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Literal

import msgspec
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from footfall.background import BackgroundTask
from footfall.catalog.cache import CatalogCache
from footfall.catalog.sweep import Sweep
from footfall.collect.rate_limit import RateLimiter
from footfall.engines.open import StoreRequests
from footfall.enrich.goals import Goals
from footfall.eventlog.retention import Retention
from footfall.eventlog.writer import BatchingWriter
from footfall.history.answers import Answers
from footfall.history.archivist import Archivist
from footfall.history.frames import Standing
from footfall.history.recorder import MinuteRecorder
from footfall.history.reporters import Reporters
from footfall.ingest import Ingest
from footfall.live.hub import Hub
from footfall.live.node import Node
from footfall.page_check import PageChecks

PREFIX = "footfall_"


class Reading(msgspec.Struct, frozen=True):
    """One metric and how to read it. With a ``label``, ``read`` returns a mapping from the label's
    values."""

    name: str
    kind: Literal["counter", "gauge"]
    help: str
    read: Callable[[], float | Mapping[str, float]]
    label: str | None = None


class Metrics(Collector):
    """``readings`` and the metrics of the process, in Prometheus's text format."""

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


class MetricSources(msgspec.Struct, frozen=True, kw_only=True):
    """The parts whose counters ``readings`` reads."""

    ingest: Ingest
    goals: Goals
    refused: Mapping[int, int]
    """Answers of /collect other than 204, by status."""
    limiters: Mapping[str, RateLimiter]
    """By what they limit."""
    strangers_refused: Mapping[str, int]
    connections_open: Callable[[], int]
    connections_refused: Mapping[str, int]
    live_refused: Mapping[str, int]
    """Both by reason."""
    writer: BatchingWriter
    catalog: CatalogCache
    sign_in_failures: Callable[[], int]
    unknown_tokens: Callable[[], int]
    page_checks: PageChecks
    retention: Retention
    sweep: Sweep
    recorder: MinuteRecorder
    archivist: Archivist
    answers: Answers
    reporters: Reporters
    hub: Hub
    node: Node
    store_requests: Callable[[], StoreRequests]
    store_unreadable: Callable[[], int]
    tasks: Callable[[], Sequence[BackgroundTask]]


def readings(of: MetricSources) -> tuple[Reading, ...]:
    """All of Footfall's own metrics."""
    return (
        Reading("events_accepted", "counter", "Events stored durably", lambda: of.ingest.accepted),
        Reading(
            "events_dropped",
            "counter",
            "Valid events dropped on purpose",
            lambda: {str(reason): number for reason, number in of.ingest.dropped.items()},
            "reason",
        ),
        Reading(
            "goals_skipped",
            "counter",
            "Patterns of goals not compared with a page view: all of the site cost too much",
            lambda: of.goals.skipped,
        ),
        Reading(
            "collect_refused",
            "counter",
            "Requests to /collect answered with a status other than 204",
            lambda: {str(status): number for status, number in of.refused.items()},
            "status",
        ),
        Reading(
            "rate_limited",
            "counter",
            "Requests over a rate limit of their address",
            lambda: {name: limiter.refused for name, limiter in of.limiters.items()},
            "limit",
        ),
        Reading(
            "strangers_refused",
            "counter",
            "Requests without a token that asked for more than they may",
            lambda: of.strangers_refused,
            "limit",
        ),
        Reading(
            "sign_in_failures",
            "counter",
            "Sign-ins with an unknown token",
            of.sign_in_failures,
        ),
        Reading(
            "unknown_tokens",
            "counter",
            "Requests that brought an unknown token, sign-ins included",
            of.unknown_tokens,
        ),
        Reading(
            "page_checks_refused",
            "counter",
            "Checks of pages refused because others were running",
            lambda: of.page_checks.refused,
        ),
        Reading(
            "writer_queued_events",
            "gauge",
            "Events waiting for their commit",
            lambda: of.writer.queued,
        ),
        Reading("writer_batches", "counter", "Batches committed", lambda: of.writer.batches),
        Reading("writer_failures", "counter", "Batches that failed", lambda: of.writer.failures),
        Reading(
            "pruned_rows",
            "counter",
            "Rows that retention removed or changed",
            lambda: of.retention.pruned,
        ),
        Reading(
            "prune_failures", "counter", "Prune runs that failed", lambda: of.retention.failures
        ),
        Reading(
            "swept_rows",
            "counter",
            "Rows of removed sites that were deleted",
            lambda: of.sweep.swept,
        ),
        Reading(
            "minutes_stored",
            "counter",
            "Minutes of sites stored for the history",
            lambda: of.recorder.stored,
        ),
        Reading(
            "minutes_lost",
            "counter",
            "Minutes given up because the store took none for long",
            lambda: of.recorder.lost,
        ),
        Reading(
            "archive_down",
            "gauge",
            "1 while the archive stands still; /readyz says why",
            lambda: of.archivist.problem() is not None,
        ),
        Reading(
            "archive_restarts",
            "counter",
            "Times the archive's process was started again",
            lambda: of.archivist.task.failures,
        ),
        Reading(
            "archive_waiting_events",
            "gauge",
            "Events that are not archived yet",
            lambda: _standing(of).waiting,
        ),
        Reading(
            "archive_late_events",
            "counter",
            "Events that came after their time was archived: they are in no report",
            lambda: _standing(of).late,
        ),
        Reading(
            "archive_set_aside_events",
            "counter",
            "Events that the archive can't take: they are in no report",
            lambda: of.archivist.set_aside.count,
        ),
        Reading("archive_bytes", "gauge", "Size of the archive", lambda: _standing(of).bytes),
        Reading(
            "reports_refused",
            "counter",
            "Reports that callers without a token did not get because they were too many",
            lambda: of.answers.refused,
        ),
        Reading(
            "reports_evicted",
            "counter",
            "Answers that were not kept, or not until they were old, because they are too large",
            lambda: of.answers.evicted,
        ),
        Reading(
            "report_processes_lost",
            "counter",
            "Processes that were killed with a report that did not end, or by the system",
            lambda: of.reporters.lost,
            "callers",
        ),
        Reading("events_folded", "counter", "Events folded into windows", lambda: of.node.folded),
        Reading(
            "window_rebuilds",
            "counter",
            "Windows replayed because events arrived out of order",
            lambda: of.node.rebuilds,
        ),
        Reading(
            "lag_seconds",
            "gauge",
            "How long the oldest event that is not yet in the windows has waited",
            of.node.lag_seconds,
        ),
        Reading(
            "events_unfoldable",
            "counter",
            "Events set aside because a window could not fold them",
            lambda: of.hub.windows.quarantine.count,
        ),
        Reading(
            "events_ahead",
            "counter",
            "Events from a clock ahead of this machine's: they count when their time has come",
            lambda: of.hub.windows.ahead.count,
        ),
        Reading(
            "events_ahead_lost",
            "counter",
            "Those that were too many to wait: missing until the window is replayed",
            lambda: of.hub.windows.ahead.lost,
        ),
        Reading(
            "task_failures",
            "counter",
            "Failures of background tasks",
            lambda: {task.name: task.failures for task in of.tasks()},
            "task",
        ),
        Reading("visitors", "gauge", "Visitors in all windows", lambda: of.hub.windows.visitors),
        Reading(
            "losses",
            "counter",
            "Times a cap was reached, which makes numbers inexact",
            lambda: msgspec.structs.asdict(of.hub.windows.losses),
            "cap",
        ),
        Reading("connections", "gauge", "Open connections of all kinds", of.connections_open),
        Reading(
            "connections_refused",
            "counter",
            "Connections refused, or closed because of a limit",
            lambda: of.connections_refused,
            "reason",
        ),
        Reading(
            "live_refused",
            "counter",
            "Live connections refused because there were too many",
            lambda: of.live_refused,
            "reason",
        ),
        Reading("subscribers", "gauge", "Live connections", lambda: of.hub.subscribers),
        Reading(
            "views_refused",
            "counter",
            "New views that readers did not get",
            lambda: of.hub.views_refused,
            "reason",
        ),
        Reading("channels", "gauge", "Open views and overviews", lambda: of.hub.channels),
        Reading("sites", "gauge", "Sites", lambda: len(of.catalog.sites)),
        Reading(
            "catalog_refresh_failures",
            "counter",
            "Times the catalog could not be read",
            lambda: of.catalog.refresh_failures,
        ),
        Reading(
            "store_requests",
            "counter",
            "Requests to a store on another machine",
            lambda: of.store_requests().by_operation,
            "operation",
        ),
        Reading(
            "store_unreadable_events",
            "counter",
            "Stored events that could not be decoded and were set aside",
            of.store_unreadable,
        ),
        Reading(
            "store_retries",
            "counter",
            "Requests to the store that were retried",
            lambda: of.store_requests().retries,
        ),
    )


def site_readings(of: MetricSources) -> tuple[Reading, ...]:
    """The live numbers of each site."""

    def by_site(name: str) -> Mapping[str, float]:
        counters = of.hub.windows.counters
        return {site.id: getattr(counters(site.id), name) for site in of.catalog.sites}

    return tuple(
        Reading(f"site_{name}", "gauge", f"{help_}, of each site", partial(by_site, name), "site")
        for name, help_ in (
            ("current_visitors", "Visitors of the last five minutes"),
            ("present_visitors", "Visitors who have a page open"),
            ("page_views", "Page views of the last five minutes"),
        )
    )


def _standing(of: MetricSources) -> Standing:
    return of.archivist.standing or Standing(0, 0, 0, 0, None)


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
