"""What an application calls."""

import atexit
import html
import logging
import os
import threading
import weakref
from collections.abc import Mapping

from footfall_sdk.events import Events, Scalar
from footfall_sdk.outbox import Counters, Outbox
from footfall_sdk.pages import PageRules
from footfall_sdk.sender import Sender
from footfall_sdk.visit import Visit, current

log = logging.getLogger("footfall_sdk")


class Snippet(str):
    """HTML that templates don't escape."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


class Footfall:
    """Sends page views and events of one site to a Footfall server.

    Calls return at once and raise nothing: a thread sends, waits while the server is away, and
    ``counters`` tell what was lost.
    """

    def __init__(
        self,
        url: str,
        site: str,
        token: str,
        *,
        pages: PageRules | None = PageRules(),  # noqa: B008 - frozen
        honour_dnt: bool = True,
        proxies: int = 0,
        queue_size: int = 50_000,
        queue_bytes: int = 32 * 1024 * 1024,
        exit_seconds: float = 3.0,
        enabled: bool = True,
    ) -> None:
        """Nothing is sent before the first event.

        Args:
            url: The server's address, such as ``https://stats.example.com``.
            site: The site's id.
            token: A write token of the site, from ``footfall token create --scope write``.
            pages: Which requests the middleware counts as page views; None for none, where the
                pages carry the tracker.
            honour_dnt: Send nothing of visitors whose browser says ``DNT`` or ``Sec-GPC``.
            proxies: How many proxies of one's own stand before the application, each of which adds
                to ``X-Forwarded-For``. 0 where the server of the application, or the framework,
                knows the visitor's address already.
            queue_size: Events that may wait. Most have some 400 bytes.
            queue_bytes: How long the events that wait may be together.
            exit_seconds: How long the end of the process may be held to deliver what waits.
            enabled: False sends nothing: for tests.

        Raises ValueError when ``url`` is not the address of a server.
        """
        self.pages = pages
        self.honour_dnt = honour_dnt
        self.proxies = proxies
        self._url = url.rstrip("/")
        self._site = site
        self._token = token
        self._queue_size = queue_size
        self._queue_bytes = queue_bytes
        self._exit_seconds = exit_seconds
        self._enabled = enabled
        self._begin()
        _instances.add(self)

    def _begin(self) -> None:
        self._events = Events(self._site)
        self._outbox = Outbox(self._queue_size, self._queue_bytes)
        self._sender = Sender(self._url, self._token, self._outbox)

    @property
    def counters(self) -> Counters:
        """What became of the events of this process."""
        return self._outbox.counters

    @property
    def waiting(self) -> int:
        """Events that are not delivered yet."""
        return len(self._outbox)

    def may_be_page(self, method: str, path: str, headers: Mapping[str, str]) -> bool:
        """Whether the answer to this request may be a page view: see ``PageRules.asked``."""
        return self.pages is not None and self.pages.asked(method, path, headers)

    def answered(self, visit: Visit, status: int, content_type: str) -> None:
        """Count a page view, if the answer to such a request is one."""
        if self.pages is not None and self.pages.answered(status, content_type):
            self.page_view(visit)

    def page_view(self, visit: Visit) -> None:
        """``visit`` saw a page."""
        if self._is_wanted(visit):
            try:
                self._put(self._events.page_view(visit))
            except (TypeError, ValueError) as error:
                self._invalid("a page view", error)

    def track(
        self,
        name: str,
        /,
        *,
        value: Scalar = None,
        visit: Visit | None = None,
        **properties: Scalar,
    ) -> None:
        """Something happened: ``track("signup", plan="pro")``.

        From a view the visitor is that of its request, which the middleware knows. From elsewhere
        ``visit`` says who it was.
        """
        visitor = visit or current.get()
        if visitor is None:
            if self._enabled:
                self._invalid(f"track({name!r})", "there is no request: pass `visit`")
        elif self._is_wanted(visitor):
            try:
                self._put(self._events.custom(name, value, properties, visitor))
            except (TypeError, ValueError) as error:
                self._invalid(f"track({name!r})", error)

    def snippet(self, *, script: str = "", nonce: str = "") -> str:
        """The tracker's tag for a page.

        ``script`` is its address where visitors reach it under another one than this application;
        ``nonce`` is that of a Content-Security-Policy.
        """
        source = html.escape(script or f"{self._url}/footfall.js")
        proof = f' nonce="{html.escape(nonce)}"' if nonce else ""
        return Snippet(
            f'<script defer data-site="{html.escape(self._site)}" src="{source}"{proof}></script>'
        )

    def flush(self, seconds: float = 3.0) -> bool:
        """Wait until all is delivered, at most so long. Gives whether it is."""
        return self._sender.flush(seconds)

    def close(self) -> None:
        """Deliver what waits. The end of the process does this by itself."""
        self._sender.close(self._exit_seconds)

    def _is_wanted(self, visit: Visit) -> bool:
        return self._enabled and not (visit.opted_out and self.honour_dnt)

    def _put(self, event: bytes) -> None:
        if self._outbox.put(event):
            self._sender.wake()

    def _invalid(self, what: str, why: object) -> None:
        self._outbox.invalid()
        log.warning("%s was not sent: %s", what, why)


_instances: weakref.WeakSet[Footfall] = weakref.WeakSet()


def _close_all() -> None:
    """Together, so that the end waits once."""
    closing = [threading.Thread(target=each.close) for each in list(_instances)]
    for thread in closing:
        thread.start()
    for thread in closing:
        thread.join()


def _begin_again() -> None:
    """In a forked worker: threads don't come along, and what waits is the parent's."""
    for each in list(_instances):
        each._begin()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_begin_again)
