"""The Python client, cell by cell: paste the cells into a notebook, or run the file.

Usage: python examples/notebook.py [SERVER] [SITE] [TOKEN]
"""
# ruff: noqa: T201

# %% Choose the site
import sys

from footfall.client import ClientConfig, RealtimeSubscriber, fetch_dashboard_data

server, site, token = (*sys.argv[1:], *("http://127.0.0.1:8000", "demo", "")[len(sys.argv) - 1 :])
config = ClientConfig(base_url=server, site_id=site, token=token or None)

# %% Who is there now
now = fetch_dashboard_data(config).realtime
assert now is not None
print(f"{now.current_visitors} visitors, {now.present_visitors} with a tab in view")
for page in now.active_pages[:5]:
    print(f"{page.visitors:6}  {page.path}")

# %% The last half hour, one bar per minute
most = max(1, *(minute.page_views for minute in now.per_minute))
for minute in now.per_minute:
    bar = "▇" * round(40 * minute.page_views / most)
    print(f"{minute.minute[-5:]}  {bar} {minute.page_views or ''}")

# %% Live: the next ten documents
for document, _ in zip(RealtimeSubscriber(config), range(10), strict=False):
    newest = document.recent_events[0].path if document.recent_events else "nothing yet"
    print(f"{document.as_of[11:19]}  {document.current_visitors:6} visitors  {newest}")
