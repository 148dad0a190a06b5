"""Signing in and out, and the staff's own accounts."""
