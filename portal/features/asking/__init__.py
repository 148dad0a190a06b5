"""Asking for things: writing them down, changing them, sending them."""
