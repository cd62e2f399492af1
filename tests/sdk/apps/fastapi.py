from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from footfall_sdk import Footfall
from footfall_sdk.asgi import FootfallMiddleware
from tests.sdk.apps import PAGE, counters, options, running

footfall = Footfall(**options())
app = FastAPI()
app.add_middleware(FootfallMiddleware, footfall=footfall)


@app.get("/", response_class=HTMLResponse)
@app.get("/pricing", response_class=HTMLResponse)
async def page() -> str:
    return PAGE


@app.get("/data")
async def data() -> list[int]:
    return []


@app.get("/gone", response_class=HTMLResponse, status_code=404)
def gone() -> str:
    return PAGE


@app.post("/signup")
def signup() -> dict[str, str]:
    footfall.track("signup", plan="pro")
    return {}


@app.get("/counters")
async def told() -> dict[str, object]:
    return counters(footfall)


if __name__ == "__main__":
    running.asgi(app)
