from django.apps import AppConfig


class FootfallConfig(AppConfig):
    name = "footfall_sdk.django"
    label = "footfall"
    verbose_name = "Footfall"
