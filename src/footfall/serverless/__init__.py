"""Footfall without a server: Lambda functions around one DynamoDB table.

| function                        | does                                                        |
|---------------------------------|-------------------------------------------------------------|
| ``http.handler``                | the HTTP API; realtime documents from the minute items      |
| ``stream.handler``              | the table's stream → minute items → subscribed connections  |
| ``sockets.handler``             | WebSocket API: connect, disconnect, subscribe               |
| ``schedule.handler``            | each minute: numbers that fell as visitors aged out         |
"""
