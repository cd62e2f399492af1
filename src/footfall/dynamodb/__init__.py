"""The command layer: realtime numbers in DynamoDB for programs that bring their own boto3.

``AnalyticsStore`` builds commands, boto3 runs them, and ``process_realtime_data`` turns what they
return into a document. ``RealtimeBuffer`` counts in memory and writes every few seconds. Nothing
here opens a connection. The table is that of the ``dynamodb://`` store.
"""

from footfall.dynamodb.buffer import RealtimeBuffer
from footfall.dynamodb.commands import Command, run, sender
from footfall.dynamodb.minute_window import process_realtime_data
from footfall.dynamodb.stats import LastSeen, MinuteStats
from footfall.dynamodb.store import AnalyticsStore

__all__ = [
    "AnalyticsStore",
    "Command",
    "LastSeen",
    "MinuteStats",
    "RealtimeBuffer",
    "process_realtime_data",
    "run",
    "sender",
]
