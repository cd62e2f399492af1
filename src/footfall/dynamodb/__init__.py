"""The command layer: realtime numbers in DynamoDB for programs that bring their own boto3.

``AnalyticsStore`` makes commands, boto3 runs them, ``process_realtime_data`` reads what they
give; ``RealtimeBuffer`` counts in memory and writes every few seconds. Nothing here connects to
anything. The table is that of the ``dynamodb://`` store.
"""

from footfall.dynamodb.buffer import RealtimeBuffer
from footfall.dynamodb.commands import Command, run, sender
from footfall.dynamodb.document import process_realtime_data
from footfall.dynamodb.stats import MinuteStats, Sighting
from footfall.dynamodb.store import AnalyticsStore

__all__ = [
    "AnalyticsStore",
    "Command",
    "MinuteStats",
    "RealtimeBuffer",
    "Sighting",
    "process_realtime_data",
    "run",
    "sender",
]
