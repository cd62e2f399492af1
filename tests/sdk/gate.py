"""Between an application and its Footfall server: lets through, or is down, slow, or in trouble."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

import httpx

from tests.sdk.posts import Post, Reply, posts


class Mood(Enum):
    UP = "up"
    DOWN = "down"
    """It cuts every connection."""
    SLOW = "slow"
    """It answers when it is up again."""
    BUSY = "busy"
    """It answers 503."""


class Gate:
    """``url`` is what the application knows as its server."""

    def __init__(self, upstream: str) -> None:
        self.url = ""
        self.upstream = upstream
        self.mood = Mood.UP
        self.asked = threading.Semaphore(0)
        """Released by each request that was not let through."""
        self._is_up = threading.Event()
        self._is_up.set()

    def become(self, mood: Mood) -> None:
        self.mood = mood
        if mood is Mood.UP:
            self._is_up.set()
        else:
            self._is_up.clear()

    def pass_on(self, post: Post) -> Reply | None:
        if self.mood is not Mood.UP:
            self.asked.release()
        if self.mood is Mood.SLOW:
            self._is_up.wait()
        if self.mood is Mood.DOWN:
            return None
        if self.mood is Mood.BUSY:
            return Reply(503, b'{"error": "not now"}')
        kept = ("Authorization", "Content-Type")
        headers = {name: post.headers[name] for name in kept}
        found = httpx.post(self.upstream + post.path, content=post.body, headers=headers)
        dropped = found.headers.get("footfall-dropped")
        return Reply(
            found.status_code, found.content, {"footfall-dropped": dropped} if dropped else {}
        )


@contextmanager
def gate(upstream: str) -> Iterator[Gate]:
    made = Gate(upstream)
    with posts(made.pass_on) as made.url:
        try:
            yield made
        finally:
            made.become(Mood.UP)
