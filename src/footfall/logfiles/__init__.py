"""Access logs of web servers → page views, as ``footfall ingest`` sends them."""
