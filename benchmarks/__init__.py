"""The published figures: one module each. Results, with their machine, are in ``results/``."""
