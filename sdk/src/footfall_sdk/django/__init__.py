"""For Django: ``INSTALLED_APPS``, the middleware, ``track`` and ``{% footfall_script %}``.

Its settings are ``FOOTFALL = {"url": …, "site": …, "token": …}``, and whatever else
``footfall_sdk.Footfall`` takes.
"""

from footfall_sdk.django.instance import get_footfall, track

__all__ = ["get_footfall", "track"]
