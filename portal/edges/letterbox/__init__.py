"""Mail that comes in: answers to what we sent, filed where they belong."""
