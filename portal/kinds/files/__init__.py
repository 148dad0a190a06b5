"""Files, from the first byte on its way to the shelf and the bin."""
