"""Whether the process is up, whether it can serve, and what it has counted."""

import asyncio

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from footfall.errors import StoreUnavailable
from footfall.http.auth.peers import is_local
from footfall.http.framework.operation import Call, Operation, json_reply
from footfall.principal import LIGHT, Cost

STORE_TIMEOUT_SECONDS = 2.0
MAX_LAG_SECONDS = 5.0
READINESS = Cost(rate="light", seconds=STORE_TIMEOUT_SECONDS + 1)


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """``history`` says why the archive stands still; the live numbers don't need it."""

    status: str
    history: str | None = None


async def alive(_call: Call) -> Response:
    return json_reply(Health("ok"))


async def ready(call: Call) -> Response:
    """Check that the store answers and its last commit succeeded, that the windows are rebuilt and
    not far behind, and that every task runs.

    Raises StoreUnavailable.
    """
    services = call.services
    problem = services.problem()
    if problem is not None:
        raise StoreUnavailable(problem)
    try:
        async with asyncio.timeout(STORE_TIMEOUT_SECONDS):
            await services.catalog.refresh()
    except TimeoutError:
        raise StoreUnavailable("the store does not answer: check it and its settings") from None
    down = [task.name for task in services.tasks() if task.is_down]
    if down:
        raise StoreUnavailable(
            f"not running: {', '.join(down)}: see the log; each is started again, or the server is"
        )
    lag = services.lag_seconds()
    if lag > MAX_LAG_SECONDS:
        raise StoreUnavailable(
            f"the windows are {lag:.0f} s behind the log: wait until they catch up"
        )
    return json_reply(Health("ready", services.history_problem()))


async def metrics(call: Call) -> Response:
    if not (call.services.settings.metrics_from_loopback and is_local(call.request)):
        call.access.require_admin(None)
    return Response(call.services.render_metrics(), media_type=CONTENT_TYPE_LATEST)


OPERATIONS = (
    Operation(
        method="GET",
        path="/healthz",
        name="alive",
        summary="The process is up",
        handler=alive,
        needs="nothing",
        costs=LIGHT,
        any_origin=False,
        answer=Health,
    ),
    Operation(
        method="GET",
        path="/readyz",
        name="ready",
        summary="The store takes events, and the windows have caught up with it",
        handler=ready,
        needs="nothing",
        costs=READINESS,
        any_origin=False,
        answer=Health,
        refusals=(503,),
    ),
    Operation(
        method="GET",
        path="/metrics",
        name="metrics",
        summary="All metrics for Prometheus, with an admin token",
        handler=metrics,
        needs="own check",
        costs=LIGHT,
        any_origin=False,
        media="text/plain",
        refusals=(401, 403),
    ),
)
