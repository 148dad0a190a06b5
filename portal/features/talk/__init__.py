"""Messages: the talk of both sides about projects and items, and the firm's own notes beside it."""
