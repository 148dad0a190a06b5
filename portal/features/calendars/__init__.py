"""One's own dates under a secret address, for calendar programs."""
