"""Templates of projects: drafts and versions, projects started from them, and changes pulled into running ones."""
