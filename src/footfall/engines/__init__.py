"""Where events and the catalog are stored. Each engine implements both ports."""
