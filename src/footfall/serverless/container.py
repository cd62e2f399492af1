"""One event loop and one set of components for as long as Lambda keeps the process."""

import asyncio
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

from mangum import Mangum

from footfall.serverless.app import create_app
from footfall.serverless.components import Components

T = TypeVar("T")


class Container:
    """Invocations of one container run one after another, so one loop serves them all.

    Lifespan is off: Mangum would start and stop the app with each request. Instead, each request
    refreshes the catalog, and nothing runs between two requests.
    """

    def __init__(self) -> None:
        self.components = Components()
        self._runner = asyncio.Runner()
        self._use_loop()
        self._http = Mangum(create_app(self.components), lifespan="off")

    def http(self, event: Any, context: Any) -> dict[str, Any]:
        self._use_loop()
        return self._http(event, context)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def _use_loop(self) -> None:
        """Mangum uses the thread's current loop, and would create another if there were none."""
        asyncio.set_event_loop(self._runner.get_loop())

    def close(self) -> None:
        self.run(self.components.close())
        self._runner.close()


@cache
def container() -> Container:
    """Created at the first invocation, from the environment."""
    return Container()
