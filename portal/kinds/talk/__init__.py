"""The talk of both sides about projects and items, and the firm's notes beside it."""
