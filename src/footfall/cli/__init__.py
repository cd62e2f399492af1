"""The command line: ``footfall serve``, ``demo``, ``site …``, ``token …``, ``dynamodb …``."""

from footfall.cli.main import main

__all__ = ["main"]
