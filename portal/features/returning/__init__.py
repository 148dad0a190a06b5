"""Clients who come back: what is known of them from before."""
