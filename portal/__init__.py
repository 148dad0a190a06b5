"""Courtside: one calm page where clients see what is needed from them and where their project stands."""
