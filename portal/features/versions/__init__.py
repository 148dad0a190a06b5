"""New versions of what a client sent: the newer one counts, the older ones stay to be opened."""
