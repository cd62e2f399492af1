"""Answers that are kept for a moment, and shared by all who ask the same."""

import asyncio
import contextlib
import hashlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Literal, TypeAlias, get_args

import msgspec

from footfall.address_queue import AddressQueue
from footfall.clock import Clock
from footfall.errors import RateLimited
from footfall.model import Site
from footfall.principal import Principal, Stranger

FRESH_MS = 10_000
"""How old an answer may be."""
MAX_KEPT = 200
MAX_KEPT_BYTES = 32 << 20
MAX_KEPT_BYTES_OF_SITE = 8 << 20
MAX_KEPT_BYTES_OF_ANSWER = 4 << 20
TOO_MANY = (
    "too many reports are wanted without a token: ask for fewer at once, or try again in a few "
    "seconds"
)
MAX_SENDING_BYTES = 2 << 20
"""Of answers that one caller without a token is being sent; then it gets no more until it has taken
some."""

AnswerKind: TypeAlias = Literal["report", "concurrency"]
"""A page asks for one of each at once."""


class AnswerKey(msgspec.Struct, frozen=True):
    """Equal questions have the same answer."""

    kind: AnswerKind
    site: str
    digest: bytes
    """Of the question, which may be long."""


def answer_key(kind: AnswerKind, site: Site, *question: object) -> AnswerKey:
    """``question`` is plain data, as msgspec encodes it."""
    given = msgspec.msgpack.encode((site.time_zone, question))
    return AnswerKey(kind, site.id, hashlib.sha256(given).digest())


class EncodedAnswer(msgspec.Struct, frozen=True):
    body: bytes
    """As it is sent."""
    as_of: int
    """Through this time (ms) everything counts."""


MakeAnswer: TypeAlias = Callable[[], Coroutine[Any, Any, EncodedAnswer]]


class _Shared:
    def __init__(self, task: asyncio.Task[EncodedAnswer]) -> None:
        self.task = task
        self.waiting = 0


class Answers:
    def __init__(self, clock: Clock) -> None:
        self.evicted = 0
        """Answers that made room for others before they were old, or were too large to be kept."""
        self._clock = clock
        self._kept: OrderedDict[AnswerKey, EncodedAnswer] = OrderedDict()
        self._running: dict[tuple[AnswerKey, bool], _Shared] = {}
        """Also by whether a stranger asked: their questions wait elsewhere, and holders of a token
        do not wait with them."""
        self._strangers = {kind: AddressQueue(_too_many) for kind in get_args(AnswerKind)}
        self._unread = 0
        """Questions of strangers who had not read the answers to others."""
        self._sending: Counter[str] = Counter()
        """Bytes, by the network of who is sent them."""

    async def answer(self, key: AnswerKey, caller: Principal, run: MakeAnswer) -> bytes:
        """Whoever asks first has ``run`` called; it is cancelled when nobody waits for it any more.
        Raises RateLimited and what ``run`` raises."""
        self._require_taken(caller)
        kept = self._kept.get(key)
        if kept is not None and self._is_fresh(kept):
            return kept.body
        running = self._running.get((key, False))
        if running is None and isinstance(caller, Stranger):
            running = self._running.get((key, True))
        if running is None:
            running = self._start(key, caller, run)
        running.waiting += 1
        try:
            return (await asyncio.shield(running.task)).body
        finally:
            running.waiting -= 1
            if not running.waiting and not running.task.done():
                self._forget(running)
                running.task.cancel()

    @contextlib.contextmanager
    def sending(self, caller: Principal, size: int) -> Iterator[None]:
        """Within the context so many bytes are being sent to the caller."""
        if not isinstance(caller, Stranger):
            yield
            return
        self._sending[caller.network] += size
        try:
            yield
        finally:
            self._sending[caller.network] -= size
            if not self._sending[caller.network]:
                del self._sending[caller.network]

    def _require_taken(self, caller: Principal) -> None:
        """Raises RateLimited."""
        if isinstance(caller, Stranger) and self._sending[caller.network] > MAX_SENDING_BYTES:
            self._unread += 1
            raise RateLimited(
                "your address has not read the answers that it has asked for: read them first",
                retry_after=2,
            )

    @property
    def refused(self) -> int:
        """Questions of strangers that were too many."""
        return self._unread + sum(each.refused for each in self._strangers.values())

    @property
    def kept_bytes(self) -> int:
        return sum(len(each.body) for each in self._kept.values())

    def _start(self, key: AnswerKey, caller: Principal, run: MakeAnswer) -> _Shared:
        if isinstance(caller, Stranger):
            caller.require("reports")
        running = _Shared(asyncio.create_task(self._run(key, caller, run)))
        self._running[key, isinstance(caller, Stranger)] = running

        def ended(task: asyncio.Task[EncodedAnswer]) -> None:
            self._forget(running)
            if not task.cancelled():
                task.exception()  # nobody may be waiting any more

        running.task.add_done_callback(ended)
        return running

    async def _run(self, key: AnswerKey, caller: Principal, run: MakeAnswer) -> EncodedAnswer:
        async with contextlib.AsyncExitStack() as stack:
            if isinstance(caller, Stranger):
                turn = self._strangers[key.kind].turn(caller.network)
                await stack.enter_async_context(turn)
                self._require_taken(caller)
            answer = await run()
        self._keep(key, answer)
        return answer

    def _forget(self, running: _Shared) -> None:
        for place in [place for place, each in self._running.items() if each is running]:
            del self._running[place]

    def _is_fresh(self, answer: EncodedAnswer) -> bool:
        return 0 <= self._clock() - answer.as_of < FRESH_MS

    def _keep(self, key: AnswerKey, answer: EncodedAnswer) -> None:
        if len(answer.body) > MAX_KEPT_BYTES_OF_ANSWER:
            self.evicted += 1
            return
        self._kept[key] = answer
        self._kept.move_to_end(key)
        for old in [each for each, kept in self._kept.items() if not self._is_fresh(kept)]:
            del self._kept[old]
        of_site = [each for each in self._kept if each.site == key.site]
        self._evict(of_site, MAX_KEPT_BYTES_OF_SITE)
        self._evict(list(self._kept), MAX_KEPT_BYTES)

    def _evict(self, keys: list[AnswerKey], most_bytes: int) -> None:
        """The oldest of ``keys``, until the others have so many bytes."""
        size = sum(len(self._kept[key].body) for key in keys)
        for number, key in enumerate(keys):
            if len(keys) - number <= MAX_KEPT and size <= most_bytes:
                return
            size -= len(self._kept.pop(key).body)
            self.evicted += 1


def _too_many() -> RateLimited:
    return RateLimited(TOO_MANY, retry_after=2)
