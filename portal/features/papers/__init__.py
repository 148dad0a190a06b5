"""Paper: what was sent, as a PDF to keep, for both sides."""
