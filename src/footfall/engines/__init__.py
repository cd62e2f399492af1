"""Where events and the catalog are kept. Each engine implements both ports."""

from footfall.engines.open import Store, open_catalog, open_store

__all__ = ["Store", "open_catalog", "open_store"]
