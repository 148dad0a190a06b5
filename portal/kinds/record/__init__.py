"""The record to be looked into, signed and taken away."""
