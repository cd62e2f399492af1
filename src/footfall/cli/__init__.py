"""The command line: ``footfall serve``, ``demo``, ``site …``, ``token …``."""

from footfall.cli.main import main

__all__ = ["main"]
