"""Uvicorn's configuration, by which its protocols also reach what Footfall knows of connections."""

import uvicorn
from starlette.types import ASGIApp

from footfall.http.serving.connections import OpenConnections
from footfall.http.serving.direct_collect import DirectCollect


class ServingConfig(uvicorn.Config):
    def __init__(
        self,
        app: ASGIApp,
        connections: OpenConnections,
        direct_collect: DirectCollect,
        **options: object,
    ) -> None:
        super().__init__(app, **options)  # type: ignore[arg-type]
        self.connections = connections
        self.direct_collect = direct_collect
