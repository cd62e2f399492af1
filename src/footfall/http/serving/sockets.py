"""What the kernel may hold for a connection, and how many connections it has descriptors for."""

import errno
import os
import resource
import socket

import structlog

logger = structlog.get_logger("footfall.connections")

SEND_BUFFER = 65_536
RECEIVE_BUFFER = 65_536
"""Bytes; Linux takes twice that, to account for its own structures. Without them it gives one
connection up to 4 and 6 MB. They allow 0.6 MB/s at a round trip of 100 ms."""
MAX_UNSENT = 16_384
"""Bytes in the send buffer that are not yet on their way: what is sent late is outdated."""
VANISHED_SECONDS = 10
"""Beyond the stall time, after which the kernel itself ends a connection whose other side does not
acknowledge: the server's own check comes first where it can, and counts it."""
RESERVED_DESCRIPTORS = 128
"""For the store, the log, the loop and the listener."""
WANTED_DESCRIPTORS = 8192
"""Enough for the default number of live connections, and for the requests beside them."""
MOST_DESCRIPTORS = 1_048_576


def bound_buffers(listener: socket.socket, stall_seconds: float) -> None:
    """Call before it listens: accepted connections inherit the options."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    for name, value in (
        ("TCP_NOTSENT_LOWAT", MAX_UNSENT),
        ("TCP_USER_TIMEOUT", round((stall_seconds + VANISHED_SECONDS) * 1000)),
    ):
        option = getattr(socket, name, None)  # Linux has both
        if option is not None:
            listener.setsockopt(socket.IPPROTO_TCP, option, value)


def descriptors_are_left(listener: socket.socket) -> bool:
    """Whether the process can open a file."""
    try:
        os.close(os.dup(listener.fileno()))
    except OSError as error:
        return error.errno not in (errno.EMFILE, errno.ENFILE)
    return True


def most_connections() -> int:
    """Raise the soft limit of descriptors to the hard one. Returns how many of them connections
    may take."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft == resource.RLIM_INFINITY:
        soft = MOST_DESCRIPTORS
    if soft < WANTED_DESCRIPTORS:
        logger.warning(
            "few file descriptors, so few connections: set LimitNOFILE (or ulimit -n) to 65536",
            descriptors=soft,
        )
    return max(soft - RESERVED_DESCRIPTORS, soft // 2)
