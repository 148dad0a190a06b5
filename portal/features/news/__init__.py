"""Weekly updates and bad news: written by staff from facts, read and answered by clients."""
