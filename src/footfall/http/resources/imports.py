"""Events of any age, such as those of a web server's access log, into a site's archive."""

from typing import Annotated

import msgspec
from msgspec import Meta
from starlette.responses import Response

from footfall.history.sources import Marks
from footfall.http.framework.operation import SITE_PATH, Call, Operation, json_reply
from footfall.http.framework.parameters import described, read
from footfall.principal import READ

PATH = SITE_PATH + "/imports/{source}"


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    from_: Annotated[
        int, Meta(ge=0, le=1 << 53, description="Up to where the source was read before: see GET")
    ] = msgspec.field(default=0, name="from")


class SourceView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How far a source was read: a file, by a name that its reader gives it."""

    source: str
    to: int | None
    """In whatever the reader counts, such as bytes. None where no history is kept: then only
    ``/collect`` takes events."""
    host: str
    """The first domain of the site, or else its id: for events that don't know theirs."""
    fresh_seconds: int
    """Events of this age are for ``/collect``, older ones are to be imported."""
    now: int
    """The server's time (ms): events from later are to be sent later."""
    marks: Marks
    """As the reader sent them last."""


class ImportAnswer(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    events: int
    dropped: dict[str, int]
    """By reason."""


async def read_source(call: Call) -> Response:
    call.access.require_write(call.site.id)
    source = call.request.path_params["source"]
    known = await call.services.importer.known(call.site.id, source)
    host = call.site.domains[0] if call.site.domains else call.site.id
    fresh_seconds = call.services.settings.retention_minutes * 60
    return json_reply(
        SourceView(
            source=source,
            to=None if known is None else known.to,
            host=host,
            fresh_seconds=fresh_seconds,
            now=call.services.now(),
            marks={} if known is None else known.marks,
        )
    )


async def import_events(call: Call) -> Response:
    """The body is NDJSON. Its last line is ``{"to": …, "marks": …}``, up to where the source is
    read now: without it nothing is taken, for somebody hung up."""
    call.access.require_write(call.site.id)
    asked = read(Stretch, call.request.query_params.multi_items())
    rules = call.services.catalog.site(call.site.id)
    assert rules is not None
    found = await call.services.importer.take(
        rules,
        call.request.path_params["source"],
        asked.from_,
        call.services.now,
        call.request.stream(),
    )
    return json_reply(ImportAnswer(events=found.events, dropped=found.dropped), 201)


OPERATIONS = (
    Operation(
        method="GET",
        path=PATH,
        name="readSource",
        summary="How far a source of imported events was read",
        handler=read_source,
        needs="own check",
        costs=READ,
        any_origin=False,
        answer=SourceView,
        refusals=(400, 503),
    ),
    Operation(
        method="POST",
        path=PATH,
        name="importEvents",
        summary="Events of any age (NDJSON) into the archive, all or none; each stretch of a "
        "source counts once",
        handler=import_events,
        needs="own check",
        costs=READ,
        any_origin=False,
        parameters=described(Stretch),
        status=201,
        answer=ImportAnswer,
        refusals=(400, 409, 413, 501, 503),
    ),
)
