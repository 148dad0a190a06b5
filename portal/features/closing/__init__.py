"""Closing a project: what is still open, our thanks, what comes next, and what the client thought of it."""
