"""The server's HTTP side, in four folders.

| folder       | holds                                                                            |
|--------------|----------------------------------------------------------------------------------|
| ``auth``     | who is asking and what they may do                                               |
| ``framework``| what an operation is: its routes, its parameters, its OpenAPI description         |
| ``resources``| the operations, one file per resource                                            |
| ``serving``  | how requests are served: uvicorn, dispatch, files, live streams, the access log   |

``routes`` lists every route; ``services`` is what every handler gets.
"""
