"""``{% load footfall %}{% footfall_script %}``."""

from django import template

from footfall_sdk.django.instance import get_footfall

register = template.Library()


@register.simple_tag
def footfall_script(script: str = "", nonce: str = "") -> str:
    """The tracker's tag: see ``Footfall.snippet``."""
    return get_footfall().snippet(script=script, nonce=nonce)
