"""Which requests are page views."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageRules:
    """A page view is a GET that was answered with one of these statuses and content types, for a
    page that the visitor sees: not fetched ahead, nor by a script."""

    statuses: frozenset[int] = frozenset({200})
    content_types: tuple[str, ...] = ("text/html", "application/xhtml+xml")
    """Without parameters, in lower case."""
    exclude_paths: tuple[str, ...] = ()
    """Paths that begin with one of these are none, such as ``/admin/``."""

    def asked(self, method: str, path: str, headers: Mapping[str, str]) -> bool:
        """Whether the request may be for a page. Names of headers are in lower case."""
        return (
            method == "GET"
            and not path.startswith(self.exclude_paths)
            and headers.get("sec-fetch-dest", "document") == "document"
            and "prefetch" not in headers.get("sec-purpose", headers.get("purpose", ""))
        )

    def answered(self, status: int, content_type: str) -> bool:
        """Whether the answer is one."""
        kind = content_type.partition(";")[0].strip().lower()
        return status in self.statuses and kind in self.content_types
