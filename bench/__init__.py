"""Measurements, never gates: every number is printed beside a bare limit taken in the same round."""
