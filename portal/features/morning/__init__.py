"""The morning letter of the firm's own people: whether and when each of them gets it."""
