"""Items on which the client decides: versions, seats, proofs, pins, and what follows from them."""
