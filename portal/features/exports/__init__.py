"""Answers for other programs and for counting: as CSV, JSON or XLSX, and in figures."""
