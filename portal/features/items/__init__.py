"""What the firm asks and the client gives: the life of items, whatever their kind."""
