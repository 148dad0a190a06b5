"""A dossier in words and as a zip."""
