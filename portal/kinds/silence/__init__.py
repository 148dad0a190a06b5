"""Silence that counts as agreement: only where it was switched on, agreed with the client and really announced (docs/decisions)."""
