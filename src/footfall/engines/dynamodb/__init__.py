"""Both ports on one DynamoDB table; see docs/dynamodb.md."""

from footfall.engines.dynamodb.catalog import DynamoDbCatalog
from footfall.engines.dynamodb.events import DynamoDbEventLog
from footfall.engines.dynamodb.options import parse_options

__all__ = ["DynamoDbCatalog", "DynamoDbEventLog", "parse_options"]
