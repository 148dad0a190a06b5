"""The firm itself: its name, mark, colour, mail sender and staff."""
