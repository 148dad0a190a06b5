"""The ground both sides stand on: what they want to reach, what is taken for granted, and what is built on either."""
