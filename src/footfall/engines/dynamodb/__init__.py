"""Both ports on one DynamoDB table; see docs/dynamodb.md."""
