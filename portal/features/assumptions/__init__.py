"""Assumptions: what we take for granted until the client says whether it is right, and what rests on it."""
