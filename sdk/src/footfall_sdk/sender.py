"""The thread that brings events to the server."""

import logging
import threading
import time
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlsplit

from footfall_sdk.answers import Again, Delivered, Halve, Refused, pause, understand
from footfall_sdk.outbox import MAX_BATCH, Outbox

LINGER_S = 0.1
"""How long an event waits for others to be sent with."""
TIMEOUT_S = 10.0
"""For the server's answer. It takes the same events again, and counts them once."""

log = logging.getLogger("footfall_sdk")


class Sender:
    """Sends what is in the outbox. The thread starts with the first event and ends with the
    process."""

    def __init__(self, url: str, token: str, outbox: Outbox) -> None:
        """Raises ValueError when ``url`` is not the address of a server."""
        address = urlsplit(url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"the server's address is like https://stats.example.com, not {url!r}")
        kind = HTTPSConnection if address.scheme == "https" else HTTPConnection
        self._connection = kind(address.hostname, address.port, timeout=TIMEOUT_S)
        self._path = address.path.rstrip("/") + "/collect"
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "User-Agent": "footfall-sdk",
        }
        self._url = url
        self._outbox = outbox
        self._most = MAX_BATCH
        self._attempt = 0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._work = threading.Event()
        self._hurry = threading.Event()
        self._closing = threading.Event()

    def wake(self) -> None:
        """There is a new event."""
        if not self._work.is_set():
            self._work.set()
            if self._thread is None:
                self._start()
        if self._outbox.has_batch() and not self._hurry.is_set():
            self._hurry.set()

    def flush(self, seconds: float) -> bool:
        """Wait until all is delivered, at most so long. Gives whether it is."""
        self._hurry.set()
        return self._outbox.wait_until_empty(seconds)

    def close(self, seconds: float) -> None:
        """Deliver what waits, within so many seconds, and end."""
        self._closing.set()
        self.flush(seconds)
        left = self._outbox.abandon()
        if left:
            log.warning("%d events were not delivered to %s before the end", left, self._url)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="footfall", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._work.wait()
            if not self._closing.is_set():
                self._hurry.wait(LINGER_S)
            self._work.clear()
            self._hurry.clear()
            while batch := self._outbox.take(self._most):
                self._send(batch)

    def _send(self, batch: list[bytes]) -> None:
        answer = self._post(batch)
        if isinstance(answer, Again):
            self._outbox.give_back(batch)
            self._report(answer.reason)
            self._attempt += 1
            self._wait(answer.seconds)
            return
        if self._attempt:
            log.info("%s takes events again", self._url)
            self._attempt = 0
        if isinstance(answer, Delivered):
            self._most = MAX_BATCH
            self._outbox.delivered(batch, answer.dropped)
        elif isinstance(answer, Halve):
            self._most = len(batch) // 2
            self._outbox.give_back(batch)
        else:
            self._without(batch, answer)

    def _without(self, batch: list[bytes], answer: Refused) -> None:
        refused = batch[answer.events]
        log.warning("%d events were refused: %s", len(refused), answer.reason)
        del batch[answer.events]
        self._outbox.refused(refused)
        self._outbox.give_back(batch)

    def _post(self, batch: list[bytes]) -> Delivered | Refused | Halve | Again:
        body = b"[%b]" % b",".join(batch)
        try:
            response, document = self._ask(body)
        except (OSError, HTTPException) as error:
            return Again(pause(self._attempt), f"{type(error).__name__}: {error}")
        headers = {name.lower(): value for name, value in response.getheaders()}
        return understand(response.status, headers, document, len(batch), self._attempt)

    def _ask(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        """Raises OSError and HTTPException. The server closes connections that are idle: such a one
        is replaced at once, as the events have ids."""
        was_open = self._connection.sock is not None
        try:
            return self._ask_once(body)
        except TimeoutError:
            raise
        except (OSError, HTTPException):
            if not was_open:
                raise
        return self._ask_once(body)

    def _ask_once(self, body: bytes) -> tuple[HTTPResponse, bytes]:
        try:
            self._connection.request("POST", self._path, body, self._headers)
            response = self._connection.getresponse()
            return response, response.read()
        except BaseException:
            self._connection.close()
            raise

    def _report(self, reason: str) -> None:
        """Once, however long it takes."""
        if not self._attempt:
            log.warning("%s takes no events, they wait: %s", self._url, reason)

    def _wait(self, seconds: float) -> None:
        """While the application ends there is only a moment."""
        self._closing.wait(seconds)
        if self._closing.is_set():
            time.sleep(min(seconds, LINGER_S))
