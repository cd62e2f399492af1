"""The published figures: one module each, results with their machine in ``results/``."""
