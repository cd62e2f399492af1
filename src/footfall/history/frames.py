"""What the server says to its archive's process and to its processes of reports, and they to it:
length-prefixed MessagePack over socket pairs."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeAlias

import msgspec

from footfall.history.reports.asked import Wanted
from footfall.model import Event

LENGTH_BYTES = 4


class ServerGone(Exception):
    """The other side of the connection has ended."""


class FolderHeld(msgspec.Struct, frozen=True, tag=True):
    """From the process: it holds the folder, and asks for the beginning; again after a folder was
    refused. Before, it may send ``Standing`` with the problem."""


class Beginning(msgspec.Struct, frozen=True, tag=True):
    """From the server, when asked: its store's id, all sites, and the time (ms)."""

    store: str
    sites: list[str]
    removed: list[str]
    """Sites that were removed, whose archives have to go. One that was added again is among both:
    it begins empty."""
    now: int


class Restart(msgspec.Struct, frozen=True, tag=True):
    """From the process: an archive that could not be used can be. Another process takes its events
    from the log."""


class Passed(msgspec.Struct, frozen=True, tag=True):
    """From the server, from time to time: all that was stored before now (ms) has been sent, and
    what is finished by then can be archived."""

    now: int


class Arrived(msgspec.Struct, frozen=True, tag=True):
    """From the server: committed events, in any order, some perhaps again."""

    events: list[Event]
    is_awaited: bool = False
    """The server sends no more until they are taken."""


class Replayed(msgspec.Struct, frozen=True, tag=True):
    """From the server: all that the log had of ``site`` when the process began has been sent,
    through this time (ms), or to its end."""

    site: str
    through: int | None


class Removed(msgspec.Struct, frozen=True, tag=True):
    """From the server: a site was removed."""

    site: str


class SnapshotAsked(msgspec.Struct, frozen=True, tag=True):
    """From the server. All events of before were sent before."""

    number: int
    site: str


class Archived(msgspec.Struct, frozen=True, tag=True):
    """From the process, when it has begun: by site, the time (ms) from which on it needs events."""

    until: dict[str, int]


class TakenIn(msgspec.Struct, frozen=True, tag=True):
    """From the process: so many more frames of ``Arrived``, the oldest, need no memory of the
    buffer any more. The server sends events only while what is not taken is bounded."""

    frames: int


class NotTaken(msgspec.Struct, frozen=True, tag=True):
    """From the process: an event that can't be archived, and why."""

    site: str
    time: int
    id: str
    reason: str


class SnapshotTaken(msgspec.Struct, frozen=True, tag=True):
    """From the process: where it is, or what is wrong and what to do; ``public`` is what strangers
    may read of that. The server removes it."""

    number: int
    path: str = ""
    error: str = ""
    public: str = ""


class Standing(msgspec.Struct, frozen=True, tag=True):
    """From the process, after it has looked at what is finished, and when it can't."""

    needs_since: int
    """The log must keep what is of this time (ms) or later."""
    waiting: int
    """Events that are not archived yet."""
    late: int
    """Events that arrived after their stretch was archived: they are in no report."""
    bytes: int
    """Of all files."""
    problem: str | None
    """Why the archive stands still."""
    public: str = ""
    """What strangers may read of that."""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """From a process of reports, first."""


class Asked(msgspec.Struct, frozen=True, tag=True):
    """To a process of reports. ``folder`` is where the site's archive is, ``snapshot`` how it stood
    when everything of before ``as_of`` (ms) had arrived."""

    number: int
    wanted: Wanted
    folder: str
    snapshot: str
    as_of: int


class Withdrawn(msgspec.Struct, frozen=True, tag=True):
    """To a process of reports: nobody waits for this answer any more. It comes all the same."""

    number: int


class Answered(msgspec.Struct, frozen=True, tag=True):
    """From a process of reports: an answer as it is sent on, the path of a file, or what is wrong
    and what to do; ``public`` is what strangers may read of that."""

    number: int
    body: bytes = b""
    path: str = ""
    error: str = ""
    public: str = ""
    is_bad_request: bool = False


Frame: TypeAlias = (
    FolderHeld
    | Beginning
    | Restart
    | Passed
    | Arrived
    | Replayed
    | Removed
    | SnapshotAsked
    | Archived
    | TakenIn
    | NotTaken
    | SnapshotTaken
    | Standing
    | Ready
    | Asked
    | Withdrawn
    | Answered
)

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Frame).decode


async def send(writer: asyncio.StreamWriter, frame: Frame) -> None:
    """Returns when the other side can take more. Raises OSError when it is gone."""
    await send_encoded(writer, encode(frame))


def encode(frame: Frame) -> bytes:
    """Raises OverflowError, ValueError or TypeError for a value that MessagePack does not have."""
    return _encode(frame)


async def send_encoded(writer: asyncio.StreamWriter, body: bytes) -> None:
    """The same for a frame that is encoded."""
    if writer.is_closing():  # each event loop has an error of its own for that
        raise ConnectionResetError("the connection is closed")
    writer.write(len(body).to_bytes(LENGTH_BYTES, "little") + body)
    await writer.drain()


async def frames(reader: asyncio.StreamReader) -> AsyncIterator[Frame]:
    """Ends when the other side does."""
    while True:
        try:
            length = await reader.readexactly(LENGTH_BYTES)
            yield _decode(await reader.readexactly(int.from_bytes(length, "little")))
        except (asyncio.IncompleteReadError, ConnectionError):
            return
