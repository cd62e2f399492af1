"""The one ``Footfall`` of a Django project."""

from functools import cache

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from footfall_sdk.events import Scalar
from footfall_sdk.footfall import Footfall
from footfall_sdk.visit import Visit


@cache
def get_footfall() -> Footfall:
    """Made from ``settings.FOOTFALL`` when it is first asked for. Raises ImproperlyConfigured."""
    try:
        return Footfall(**settings.FOOTFALL)
    except (AttributeError, TypeError, ValueError) as error:
        raise ImproperlyConfigured(
            f'FOOTFALL is like {{"url": …, "site": …, "token": …}}: {error}'
        ) from error


def track(
    name: str,
    /,
    *,
    value: Scalar = None,
    visit: Visit | None = None,
    **properties: Scalar,
) -> None:
    """Something happened, as in ``Footfall.track``."""
    get_footfall().track(name, value=value, visit=visit, **properties)
