"""What pages stand on: the doors, forms, letters and languages. Lower than features, so that features may import it."""
