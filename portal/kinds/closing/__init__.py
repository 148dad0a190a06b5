"""The end of a project, and what is known of a client from before: what is still open, what was said, what comes again."""
