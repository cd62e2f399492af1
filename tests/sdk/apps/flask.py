from flask import Flask
from flask.typing import ResponseReturnValue

from footfall_sdk import Footfall
from footfall_sdk.wsgi import FootfallMiddleware
from tests.sdk.apps import PAGE, counters, options, running

footfall = Footfall(**options())
app = Flask(__name__)
app.wsgi_app = FootfallMiddleware(app.wsgi_app, footfall)  # type: ignore[method-assign]


@app.get("/")
@app.get("/pricing")
def page() -> ResponseReturnValue:
    return PAGE


@app.get("/data")
def data() -> ResponseReturnValue:
    return []


@app.get("/gone")
def gone() -> ResponseReturnValue:
    return PAGE, 404


@app.post("/signup")
def signup() -> ResponseReturnValue:
    footfall.track("signup", plan="pro")
    return {}


@app.get("/counters")
def told() -> ResponseReturnValue:
    return counters(footfall)


if __name__ == "__main__":
    running.wsgi(app)
