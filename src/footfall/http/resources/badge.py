"""A site's current visitors as an image, for pages that can't run a script."""

from html import escape

from starlette.responses import Response

from footfall.errors import NotAllowed
from footfall.http.framework.operation import Call, Operation
from footfall.http.framework.parameters import ViewParameters, described, view_query
from footfall.http.serving.disconnect import while_connected
from footfall.principal import ONE_VIEW

SVG = "image/svg+xml"
HEADERS = {
    "cache-control": "public, max-age=10",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
    "cross-origin-resource-policy": "cross-origin",
}
NOT_PUBLIC = "only public sites have a badge: make this one public"
MAX_NAME = 40
LETTER_WIDTH = 6.6
"""Average width of a letter in 11 px system type, in px; ``textLength`` enforces it in any font."""
PADDING = 16
IMAGE = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{title}">
<title>{title}</title>
<clipPath id="round"><rect width="{width}" height="20" rx="4"/></clipPath>
<g clip-path="url(#round)">
<rect width="{left}" height="20" fill="#33413b"/>
<rect x="{left}" width="{right}" height="20" fill="#0a7d5a"/>
</g>
<g fill="#fff" text-anchor="middle" font-family="system-ui,sans-serif" font-size="11">
<text x="{name_at}" y="14" textLength="{name_length}">{name}</text>
<text x="{count_at}" y="14" textLength="{count_length}" font-weight="600">{count}</text>
</g>
</svg>
"""


async def read_badge(call: Call) -> Response:
    """The number is that of the realtime document, so that all readers see the same."""
    if not call.site.public:
        raise NotAllowed(NOT_PUBLIC)
    services, items = call.services, call.request.query_params.multi_items()
    query = view_query(call.site.id, items, services.settings.retention_minutes)
    work = services.documents.document(query, call.caller(call.site))
    document = await while_connected(call.request.receive, work)
    return Response(
        image(call.site.name, document.current_visitors), headers=HEADERS, media_type=SVG
    )


def image(name: str, visitors: int) -> str:
    """An SVG image, 20 px high."""
    shown = name if len(name) <= MAX_NAME else name[: MAX_NAME - 1] + "…"
    count = f"{visitors:,} {'visitor' if visitors == 1 else 'visitors'}"
    name_length, count_length = (round(len(text) * LETTER_WIDTH) for text in (shown, count))
    left, right = name_length + PADDING, count_length + PADDING
    return IMAGE.format(
        title=escape(f"{name}: {count} now"),
        name=escape(shown),
        count=count,
        width=left + right,
        left=left,
        right=right,
        name_at=left / 2,
        count_at=left + right / 2,
        name_length=name_length,
        count_length=count_length,
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/badge/{site}.svg",
        name="readBadge",
        summary="The current visitors of a public site as an SVG image",
        handler=read_badge,
        needs="nothing",
        costs=ONE_VIEW,
        media=SVG,
        parameters=described(ViewParameters),
        refusals=(400, 503),
    ),
)
