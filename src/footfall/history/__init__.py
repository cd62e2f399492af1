"""What lies behind the live page."""
