"""Comments pinned to pictures and pages of a version: setting them, talking about them, and saying what became of them."""
