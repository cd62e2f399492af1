"""``python -m tests.sdk.apps.django wsgi|asgi``."""

import sys

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import engines
from django.urls import path

from footfall_sdk.django import get_footfall, track
from tests.sdk.apps import PAGE, counters, options, running

settings.configure(
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    INSTALLED_APPS=["footfall_sdk.django"],
    MIDDLEWARE=["footfall_sdk.django.middleware.FootfallMiddleware"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    FOOTFALL=options(),
)


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


async def page_async(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE)


def data(request: HttpRequest) -> HttpResponse:
    return JsonResponse([], safe=False)


def gone(request: HttpRequest) -> HttpResponse:
    return HttpResponse(PAGE, status=404)


def signup(request: HttpRequest) -> HttpResponse:
    track("signup", plan="pro")
    return JsonResponse({})


def told(request: HttpRequest) -> HttpResponse:
    return JsonResponse(counters(get_footfall()))


def snippet(request: HttpRequest) -> HttpResponse:
    template = '{% load footfall %}{% footfall_script nonce="abc" %}'
    return HttpResponse(engines["django"].from_string(template).render())


urlpatterns = [
    path("", page_async),
    path("pricing", page),
    path("data", data),
    path("gone", gone),
    path("signup", signup),
    path("counters", told),
    path("snippet", snippet),
]

if __name__ == "__main__":
    if sys.argv[1] == "asgi":
        running.asgi(get_asgi_application())
    else:
        running.wsgi(get_wsgi_application())
