"""Clients and the people who speak for them, up to the first mail."""
