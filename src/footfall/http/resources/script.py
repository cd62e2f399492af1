"""The HTML snippet that a site puts into its pages."""

from starlette.requests import Request
from starlette.responses import Response

from footfall.errors import InvalidInput
from footfall.http.auth.peers import host_header
from footfall.http.framework.operation import SITE_PATH, Call, Operation
from footfall.http.services import Services
from footfall.principal import READ

SNIPPET = '<script defer data-site="{site}" src="{base}{script}"{endpoint}></script>\n'
ENDPOINT = ' data-endpoint="{path}"'
TEXT = "text/plain; charset=utf-8"


async def snippet(call: Call) -> Response:
    base = _base_url(call.services, call.request)
    settings = call.services.settings
    endpoint = ""
    if settings.script_path or settings.collect_path:  # else the tracker finds it beside itself
        endpoint = ENDPOINT.format(path=settings.collect_path or "/collect")
    text = SNIPPET.format(
        site=call.site.id,
        base=base,
        script=settings.script_path or "/footfall.js",
        endpoint=endpoint,
    )
    return Response(text, media_type=TEXT)


def _base_url(services: Services, request: Request) -> str:
    """The server's address as the caller's browser knows it. Raises InvalidInput."""
    host = host_header(request)
    if host is None:
        raise InvalidInput("the Host header is not a host name: send the server's", field="Host")
    return f"{services.peers.scheme(request)}://{host}"


OPERATIONS = (
    Operation(
        method="GET",
        path=SITE_PATH + "/script",
        name="readScript",
        summary="The HTML snippet that loads the tracker",
        handler=snippet,
        needs="read",
        costs=READ,
        media=TEXT,
        refusals=(400,),
    ),
)
