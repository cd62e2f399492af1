"""HTML pages without scripts or other resources, so that they work wherever they are opened."""

import base64
import hashlib
from html import escape

from starlette.responses import Response

STYLE = """
:root { color-scheme: light dark; background: Canvas; color: CanvasText; }
body { font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid #8886; padding: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; }
h3 { font-size: 1rem; font-family: ui-monospace, monospace; }
h3 b { display: inline-block; min-width: 4.5rem; }
table { border-collapse: collapse; }
th { font-weight: inherit; text-align: left; }
th, td { padding: .1rem 1rem .1rem 0; vertical-align: top; }
pre { overflow-x: auto; background: #8882; padding: .5rem; }
"""
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; "
    "base-uri 'none'; frame-ancestors 'self'",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title><style>{style}</style></head>
<body><main><h1>{title}</h1>
{content}</main></body></html>
"""


def plain_page(title: str, content: str, status: int = 200) -> Response:
    """``content`` is HTML."""
    page = PAGE.format(title=escape(title), style=STYLE, content=content)
    return Response(page, status, HEADERS, media_type="text/html")
