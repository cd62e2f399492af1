"""The times at which event ids were seen, so that an event delivered twice counts once."""

from collections import defaultdict

from footfall.window.limits import DEDUP_SECONDS, Losses

_SPAN_MS = DEDUP_SECONDS * 1000


class Deduplicator:
    """Times (ms) at which each id was seen within the window's horizon.

    An event counts unless its id was seen in the 10 minutes before it; each repetition starts
    them again. Events may be in any order. If one turns an event that was already counted into a
    repetition, ``disordered`` becomes True: only a replay in order can undo that.
    """

    __slots__ = ("_by_second", "_cap", "_losses", "_times", "disordered")

    def __init__(self, cap: int, losses: Losses) -> None:
        self.disordered = False
        self._cap = cap
        self._losses = losses
        # Nearly every id is seen once; a plain int saves the tuple.
        self._times: dict[str, int | tuple[int, ...]] = {}
        self._by_second: defaultdict[int, list[str]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._times)

    def counts(self, event_id: str, time: int) -> bool:
        """Remember that the id was seen at ``time``; True when the event counts."""
        known = self._times.get(event_id)
        if known is None:
            if len(self._times) >= self._cap:
                self._losses.ids += 1
                return True
            self._times[event_id] = time
            self._by_second[time // 1000].append(event_id)
            return True
        return self._counts_again(event_id, time, known if isinstance(known, tuple) else (known,))

    def _counts_again(self, event_id: str, time: int, others: tuple[int, ...]) -> bool:
        if time in others:
            return False
        self._times[event_id] = tuple(sorted((*others, time)))
        self._by_second[time // 1000].append(event_id)
        before = max((other for other in others if other < time), default=None)
        after = min((other for other in others if other > time), default=None)
        if after is not None and after - time <= _SPAN_MS:
            self.disordered |= before is None or after - before > _SPAN_MS
        return before is None or time - before > _SPAN_MS

    def forget(self, second: int) -> None:
        """Drop what was seen in ``second``."""
        for event_id in self._by_second.pop(second, ()):
            # Absent when one second saw the same id twice.
            known = self._times.pop(event_id, None)
            if isinstance(known, tuple):
                rest = tuple(time for time in known if time // 1000 != second)
                if rest:
                    self._times[event_id] = rest if len(rest) > 1 else rest[0]
