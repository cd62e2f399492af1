"""Questions about the past, and their answers from the archive."""
