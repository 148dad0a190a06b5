"""Something is in the client's way: they say so on the item, and we answer."""
