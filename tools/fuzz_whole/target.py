"""A server that is attacked: started as a user starts it, watched from outside."""

import contextlib
import http.client
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.e2e.processes import ADMIN_TOKEN, Api, Footfall, until
from tools.fuzz_whole.requests import ADMIN, IMPORTER, READER, WRITER, Request
from tools.fuzz_whole.writes import CHANGING, CLOSED, OLDER, OPEN

ANSWER_S = 60
GLANCE_S = 0.2
"""For what a live channel sends at once."""
LASTING = ("footfall.history.archive", "footfall.history.reports")
"""Processes of the server that end with it, and not before."""
ERROR = re.compile(r"Traceback \(most recent call last\)|\[(?:error|critical) *\]")
SHOWN = 3_000
"""Characters of the log."""


class Finding(Exception):
    """What should never happen."""


class Answer(msgspec.Struct, frozen=True):
    status: int
    media: str
    body: bytes


class Target:
    """Use it as a context."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tokens: dict[str, str] = {ADMIN: ADMIN_TOKEN}
        self._log = folder / "log"
        self._read = 0
        """Of the log, in bytes."""
        self._lasting: dict[int, str] = {}
        environ = {"FOOTFALL_ADMIN_TOKEN": ADMIN_TOKEN}
        self._server = Footfall("serve", "--store", self.store, environ=environ, log=self._log)
        self._connection: socket.socket | None = None

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder / 'footfall.db'}"

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> "Target":
        self._server.start()
        api = Api(self._server, ADMIN_TOKEN)
        for site in (OPEN, CLOSED, CHANGING, OLDER):
            api.post("/sites", {"id": site, "name": site.title(), "public": site == OPEN})
        api.patch(f"/sites/{OPEN}", {"publicHistory": True, "publicVisits": True})
        for site in (OPEN, CLOSED):
            goal = {"name": "Signup", "kind": "event", "value": "signup"}
            api.post(f"/sites/{site}/goals", goal)
        for caller, scope, of in (
            (READER, "read", None),
            (WRITER, "write", CLOSED),
            (IMPORTER, "write", OLDER),
        ):
            given = {"scope": scope, "siteId": of, "name": caller}
            self.tokens[caller] = api.post("/tokens", given)["secret"]
        until(lambda: self.send(_report(OPEN)).status == 200, seconds=ANSWER_S)
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()
        self._server.stop()

    def send(self, request: Request) -> Answer:
        """Raises Finding when there is no answer."""
        data = request.encoded(self.tokens.get(request.caller))
        try:
            return self._exchange(request, data)
        except ConnectionError:  # it was closed meanwhile, as idle ones are
            self._hang_up()
        try:
            return self._exchange(request, data)
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            raise Finding(f"no answer: {error!r}") from None

    def check(self) -> None:
        """Raises Finding."""
        if not self._server.is_running():
            raise Finding("the server has ended: " + self._new_log())
        judge_log(self._new_log())
        ready = self.send(Request("GET", "/readyz", caller=ADMIN))
        if ready.status != 200 or msgspec.json.decode(ready.body) != {"status": "ready"}:
            raise Finding(f"/readyz says {ready.status} {ready.body!r}")
        running = dict(self.processes())
        for pid, module in self._lasting.items():
            if pid not in running:
                raise Finding(f"the process of {module} has ended")
        self._lasting = {pid: module for pid, module in running.items() if module in LASTING}

    def _new_log(self) -> str:
        with self._log.open("rb") as log:
            log.seek(self._read)
            data = log.read()
        self._read += len(data)
        return data.decode(errors="replace")

    def processes(self) -> Iterator[tuple[int, str]]:
        """The server's own, with the module that each runs."""
        for children in Path(f"/proc/{self._server.pid}/task").glob("*/children"):
            for pid in map(int, children.read_text().split()):
                with contextlib.suppress(OSError):
                    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")
                    if "-m" in words:
                        yield pid, words[words.index("-m") + 1]

    def _exchange(self, request: Request, data: bytes) -> Answer:
        connection = self._connected()
        connection.sendall(data)
        response = http.client.HTTPResponse(connection, method=request.method)
        response.begin()
        media = response.headers.get_content_type()
        if request.is_stream and response.status in (101, 200):
            self._glance(connection)
            return Answer(response.status, media, b"")
        body = response.read()
        if response.will_close:
            self._hang_up()
        return Answer(response.status, media, body)

    def _glance(self, connection: socket.socket) -> None:
        connection.settimeout(GLANCE_S)
        with contextlib.suppress(TimeoutError):
            connection.recv(65_536)
        self._hang_up()

    def _connected(self) -> socket.socket:
        if self._connection is None:
            host, _, port = self.url.removeprefix("http://").rpartition(":")
            self._connection = socket.create_connection((host, int(port)), ANSWER_S)
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def judge_log(text: str) -> None:
    """Raises Finding."""
    found = ERROR.search(text)
    if found is not None:
        begin = max(0, found.start() - 300)
        raise Finding("in the log: " + text[begin : begin + SHOWN])


def _report(site: str) -> Request:
    return Request("GET", f"/api/analytics/sites/{site}/stats", caller=ADMIN)
