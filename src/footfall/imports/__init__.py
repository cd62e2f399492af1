"""Brings the past along: what was counted elsewhere, or before."""
