"""The ground both sides stand on: goals as they stand, what is taken for granted, and what is built on either."""
