"""Whether the process is up, whether it can serve, and what it has counted."""

import msgspec
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from footfall.errors import StoreUnavailable
from footfall.http.auth.peers import is_local
from footfall.http.framework.operation import Call, Operation, json_reply
from footfall.http.serving.readiness import STORE_TIMEOUT_S
from footfall.principal import LIGHT, Cost

READINESS = Cost(rate="light", seconds=STORE_TIMEOUT_S + 1)
WHY = "ask with an admin token for the reason, or see the log"
NOT_READY = f"this server is not ready: {WHY}"
ARCHIVE_PROBLEM = f"the archive needs attention: {WHY}"


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """``history`` says that something is wrong with the archive, to whoever operates the server
    also what; the live numbers don't need it."""

    status: str
    history: str | None = None


async def alive(_call: Call) -> Response:
    return json_reply(Health("ok"))


async def ready(call: Call) -> Response:
    """Strangers hear whether it is ready, and not why: reasons name files and sites. Raises
    StoreUnavailable."""
    services, may_know = call.services, _may_know(call)
    try:
        await services.readiness.require()
    except StoreUnavailable as error:
        raise error if may_know else StoreUnavailable(NOT_READY) from None
    history = services.history_problem()
    return json_reply(Health("ready", history if may_know or history is None else ARCHIVE_PROBLEM))


async def metrics(call: Call) -> Response:
    if not _may_know(call):
        call.access.require_admin(None)
    return Response(call.services.render_metrics(), media_type=CONTENT_TYPE_LATEST)


def _may_know(call: Call) -> bool:
    """Whether the caller operates the server: with an admin token of all sites or, where that is
    set, on its machine."""
    is_trusted = call.services.settings.metrics_from_loopback and is_local(call.request)
    return is_trusted or call.access.may_admin(None)


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
