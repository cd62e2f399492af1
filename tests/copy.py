"""A reader's copy of a document, updated only by the rules of the protocol."""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from footfall.live.message import Message
from footfall.model import Position


class Copy:
    """Applies messages in order; ``document`` is what the reader shows."""

    def __init__(self, limit: int = 20) -> None:
        self.document: dict[str, Any] = {}
        self.position: Position | None = None
        self.kinds: list[str] = []
        self._limit = limit

    def apply(self, message: Message) -> None:
        fields = msgspec.json.decode(message.text)
        kind = fields.pop("type")
        self.kinds.append(kind)
        self.position = msgspec.convert(fields.pop("position"), Position)
        assert self.position == message.position
        if kind == "snapshot":
            self.document = fields
        else:
            self._merge(fields)
        if "recentEvents" in self.document:
            self.age()

    def _merge(self, fields: dict[str, Any]) -> None:
        is_reset = fields.pop("feedReset", False)
        for key, value in fields.items():
            if key == "recentEvents" and not is_reset:
                self.document[key] = value + self.document[key]
            elif key == "perMinute":
                self._merge_rows(key, "minute", value)
            elif key == "sites":
                self._merge_rows(key, "siteId", value)
            else:
                self.document[key] = value

    def _merge_rows(self, key: str, identity: str, rows: list[dict[str, Any]]) -> None:
        known = {row[identity]: row for row in self.document[key]}
        length = len(known)
        known |= {row[identity]: row for row in rows}
        self.document[key] = list(known.values())[-length:]

    def age(self) -> None:
        length = timedelta(seconds=self.document["windowSeconds"])
        oldest = datetime.fromisoformat(self.document["asOf"]) - length
        rows = self.document["recentEvents"][: self._limit]
        self.document["recentEvents"] = [
            row for row in rows if datetime.fromisoformat(row["timestamp"]) > oldest
        ]
