"""Calls: asked for, held, and what was said in them."""
