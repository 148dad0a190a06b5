"""The firm itself: what everybody sees of it, and the settings its admins keep."""
