"""Giving files to a client: laid ready, sent in one act to everybody or to some, seen, and taken back with a word."""
