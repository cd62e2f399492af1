"""The live counters of a site in the past, and what is usual now."""

import asyncio
from datetime import datetime
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta
from starlette.responses import Response

from footfall.documents import ConcurrencyDocument
from footfall.history.answers import EncodedAnswer, answer_key
from footfall.history.concurrency import Concurrency
from footfall.history.periods import period
from footfall.history.port import MinuteStore
from footfall.http.framework.operation import SITE_PATH, Call, Operation
from footfall.http.framework.parameters import described, read
from footfall.http.serving.disconnect import while_connected
from footfall.http.serving.paced_reply import PacedReply
from footfall.model import Site
from footfall.principal import ONE_REPORT

STEPS = {"1m": 1, "5m": 5, "1h": 60}
"""In minutes."""


class ConcurrencyParameters(msgspec.Struct, frozen=True, kw_only=True):
    from_: Annotated[
        str | None,
        Meta(
            description="A date or a date and time, in the site's time zone unless it has an "
            "offset; default: the beginning of today"
        ),
    ] = msgspec.field(default=None, name="from")
    to: Annotated[
        str | None, Meta(description="The same; a date is included. Default: the end of today")
    ] = None
    step: Annotated[Literal["1m", "5m", "1h"], Meta(description="The length of a row")] = "1m"


async def read_concurrency(call: Call) -> Response:
    site, services = call.site, call.services
    asked = read(ConcurrencyParameters, call.request.query_params.multi_items())

    async def run() -> EncodedAnswer:
        now = services.now()
        document = await _document(services.minutes, site, asked, now)
        return EncodedAnswer(await asyncio.to_thread(msgspec.json.encode, document), now)

    question = answer_key("concurrency", site, asked)
    caller = call.caller(site)
    work = services.answers.answer(question, caller, run)
    body = await while_connected(call.request.receive, work)
    return PacedReply(body, services.answers, caller)


async def _document(
    minutes: MinuteStore, site: Site, asked: ConcurrencyParameters, now_ms: int
) -> ConcurrencyDocument:
    """Raises InvalidInput and StoreUnavailable."""
    zone = ZoneInfo(site.time_zone)
    now = datetime.fromtimestamp(now_ms / 1000, zone)
    span, step = period(asked.from_, asked.to, now), STEPS[asked.step]
    concurrency = Concurrency(minutes, site.id, zone)
    return ConcurrencyDocument(
        site_id=site.id,
        time_zone=site.time_zone,
        from_=_text(span.begin),
        to=_text(span.end),
        step=asked.step,
        rows=await concurrency.rows(span, step, now),
        usual=await concurrency.usual(span, step, now),
    )


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


OPERATIONS = (
    Operation(
        method="GET",
        path=SITE_PATH + "/concurrency",
        name="readConcurrency",
        summary="The live counters at the end of each minute, and what is usual today",
        handler=read_concurrency,
        needs="history",
        costs=ONE_REPORT,
        answer=ConcurrencyDocument,
        parameters=described(ConcurrencyParameters),
        refusals=(400, 429, 503),
    ),
)
