"""The kernel: time, refusals, words, who asks, the database session, the one write path, and what leaves the building."""
