from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from footfall_sdk import Footfall
from footfall_sdk.asgi import FootfallMiddleware
from tests.sdk.apps import PAGE, counters, options, running

footfall = Footfall(**options())


async def page(request: Request) -> Response:
    return HTMLResponse(PAGE)


async def data(request: Request) -> Response:
    return JSONResponse([])


async def gone(request: Request) -> Response:
    return HTMLResponse(PAGE, 404)


def signup(request: Request) -> Response:
    """In a thread of its own, as it is no coroutine."""
    footfall.track("signup", plan="pro")
    return JSONResponse({})


async def told(request: Request) -> Response:
    return JSONResponse(counters(footfall))


app = Starlette(
    routes=[
        Route("/", page),
        Route("/pricing", page),
        Route("/data", data),
        Route("/gone", gone),
        Route("/signup", signup, methods=["POST"]),
        Route("/counters", told),
    ]
)
app.add_middleware(FootfallMiddleware, footfall=footfall)

if __name__ == "__main__":
    running.asgi(app)
