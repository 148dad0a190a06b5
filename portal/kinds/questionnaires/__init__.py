"""Items that ask questions, who helps with them, and what is said of their answers."""
