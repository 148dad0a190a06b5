"""Files: receiving, removing and handing out."""
