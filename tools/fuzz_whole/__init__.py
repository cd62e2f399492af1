"""Attacks a whole server, as ``footfall serve`` runs it, with generated requests and files."""
