"""A keyed hash that distinguishes visitors within one UTC day and can't be reversed."""

from collections.abc import Callable
from datetime import date
from hashlib import blake2b

from footfall.enrich.draft import Draft
from footfall.times import DAY_MS

EPOCH = date(1970, 1, 1).toordinal()
BYTES = 8


class VisitorHashes:
    """Step: sets ``visitor``: BLAKE2b keyed with the day's salt, over site, network and user agent.

    ``salts`` returns the salt of a UTC day. For ``retention_ms`` after midnight a visitor also
    gets yesterday's hash, so that the window recognizes the same visitor.
    """

    def __init__(self, salts: Callable[[date], bytes], retention_ms: int) -> None:
        self._salts = salts
        self._retention_ms = retention_ms
        self._keyed: dict[int, blake2b] = {}

    def identify(self, draft: Draft) -> None:
        hit = draft.hit
        day, time_of_day = divmod(hit.time, DAY_MS)
        who = f"{hit.site}\0{hit.network}\0{hit.user_agent}".encode()
        draft.visitor = self._hash(day, who)
        if time_of_day < self._retention_ms:
            draft.previous_visitor = self._hash(day - 1, who)

    def _hash(self, day: int, who: bytes) -> int:
        keyed = self._keyed.get(day)
        if keyed is None:
            keyed = self._key(day)
        digest = keyed.copy()
        digest.update(who)
        return int.from_bytes(digest.digest(), "little", signed=True)

    def _key(self, day: int) -> blake2b:
        """The keyed hash of a day, kept since copying one costs less than keying a new one. Those
        of old days are dropped, like their salts."""
        self._keyed = {known: keyed for known, keyed in self._keyed.items() if known >= day - 1}
        salt = self._salts(date.fromordinal(EPOCH + day))
        keyed = self._keyed[day] = blake2b(key=salt, digest_size=BYTES)
        return keyed
