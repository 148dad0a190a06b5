"""Killing the portal while people use it: `make crash` runs it for long, the suite runs each named point once."""
