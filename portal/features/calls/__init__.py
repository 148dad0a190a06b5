"""Calls: how people want to be called, "please call me", and what was said."""
