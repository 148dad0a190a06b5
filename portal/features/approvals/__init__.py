"""Presenting something for a decision, deciding on it, and the receipt that both sides keep."""
