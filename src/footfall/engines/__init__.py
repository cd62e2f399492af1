"""Where events and the catalog are kept. Each engine implements both ports."""
