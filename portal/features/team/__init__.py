"""The people who work for the firm: who they are, and what they may do."""
