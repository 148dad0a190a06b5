"""Files: everything that was exchanged, to be found, fetched and packed, on both sides."""
